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
