const HEADER_BYTES = 64;
const SEGMENT_HEADER_BYTES = 56;
const LOAD_ADDRESS = 0x40_0000;
const PAGE_BYTES = 0x1000;
/** Readable, writable, executable. */
const SEGMENT_FLAGS = 7;

/**
 * A static x86-64 executable of one segment, entered at the first byte of `code`.
 * @see System V ABI, AMD64 supplement, chapter 4; ELF-64 object file format
 */
export function staticElf(code: Uint8Array): Uint8Array {
  const entry = HEADER_BYTES + SEGMENT_HEADER_BYTES;
  const image = new Uint8Array(entry + code.length);
  const view = new DataView(image.buffer);
  // Magic, 64-bit, little endian, version 1, System V.
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  view.setUint16(16, 2, true); // an executable
  view.setUint16(18, 62, true); // for x86-64
  view.setUint32(20, 1, true); // version
  view.setUint32(24, LOAD_ADDRESS + entry, true);
  view.setUint32(32, HEADER_BYTES, true); // where the segment headers are
  view.setUint16(52, HEADER_BYTES, true);
  view.setUint16(54, SEGMENT_HEADER_BYTES, true);
  view.setUint16(56, 1, true); // one segment
  const segment = new DataView(image.buffer, HEADER_BYTES, SEGMENT_HEADER_BYTES);
  segment.setUint32(0, 1, true); // to be loaded
  segment.setUint32(4, SEGMENT_FLAGS, true);
  segment.setUint32(16, LOAD_ADDRESS, true);
  segment.setUint32(24, LOAD_ADDRESS, true);
  segment.setUint32(32, image.length, true);
  segment.setUint32(40, image.length, true);
  segment.setUint32(48, PAGE_BYTES, true);
  image.set(code, entry);
  return image;
}

const ARM_HEADER_BYTES = 52;
const ARM_SEGMENT_HEADER_BYTES = 32;
const ARM_FILE_ADDRESS = 0x1_0000;
/** Where the code of a static ARM executable lies: it may be made for that address. */
export const ARM_LOAD_ADDRESS = ARM_FILE_ADDRESS + ARM_HEADER_BYTES + ARM_SEGMENT_HEADER_BYTES;
/** Version 5 of the ABI. */
const ARM_FLAGS = 0x0500_0000;

/**
 * A static 32-bit ARM executable of one segment, entered at the first byte of `code`.
 * @see ELF for the Arm Architecture §5.2; System V ABI, chapter 4
 */
export function staticArmElf(code: Uint8Array): Uint8Array {
  const entry = ARM_HEADER_BYTES + ARM_SEGMENT_HEADER_BYTES;
  const image = new Uint8Array(entry + code.length);
  const view = new DataView(image.buffer);
  // Magic, 32-bit, little endian, version 1, System V.
  image.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0]);
  view.setUint16(16, 2, true); // an executable
  view.setUint16(18, 40, true); // for ARM
  view.setUint32(20, 1, true); // version
  view.setUint32(24, ARM_LOAD_ADDRESS, true);
  view.setUint32(28, ARM_HEADER_BYTES, true); // where the segment headers are
  view.setUint32(36, ARM_FLAGS, true);
  view.setUint16(40, ARM_HEADER_BYTES, true);
  view.setUint16(42, ARM_SEGMENT_HEADER_BYTES, true);
  view.setUint16(44, 1, true); // one segment
  const segment = new DataView(image.buffer, ARM_HEADER_BYTES, ARM_SEGMENT_HEADER_BYTES);
  segment.setUint32(0, 1, true); // to be loaded
  segment.setUint32(8, ARM_FILE_ADDRESS, true);
  segment.setUint32(12, ARM_FILE_ADDRESS, true);
  segment.setUint32(16, image.length, true);
  segment.setUint32(20, image.length, true);
  segment.setUint32(24, SEGMENT_FLAGS, true);
  segment.setUint32(28, PAGE_BYTES, true);
  image.set(code, entry);
  return image;
}
