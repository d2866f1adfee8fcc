import { BaseboardError } from "../errors.ts";

/**
 * Offsets in a bzImage, and in its protected-mode part. Numbers are little-endian.
 * @see Linux x86 boot protocol, "The real-mode kernel header" and "64-bit boot protocol"
 */
const Header = {
  SetupSectors: 0x1f1,
  /** Of the protected-mode part, in units of 16 bytes. */
  SystemSize: 0x1f4,
  BootFlag: 0x1fe,
  Jump: 0x200,
  Signature: 0x202,
  Protocol: 0x206,
  LoadFlags: 0x211,
  InitrdMax: 0x22c,
  Alignment: 0x230,
  Relocatable: 0x234,
  AlignmentMin: 0x235,
  ExtraLoadFlags: 0x236,
  CommandLineMax: 0x238,
  PreferredAddress: 0x258,
  /** How much memory the kernel needs from where it was loaded, until it has unpacked itself. */
  InitSize: 0x260,
} as const;
const HEADER_BYTES = Header.InitSize + 4;
/** "HdrS". */
const SIGNATURE = 0x5372_6448;
/** The first version that tells of the 64-bit entry. */
const PROTOCOL_MIN = 0x020c;
const LOADED_HIGH = 0x01;
const HAS_64_BIT_ENTRY = 0x01;
const ABOVE_4_GIB = 0x02;
const TAKES_5_LEVELS = 0x20;
const BOOT_FLAG = 0xaa55;
const JMP_SHORT = 0xeb;
const HEADER_END = 0x268;
const COMMAND_LINE_MAX = 2047;
const SECTOR_BYTES = 512;
const SETUP_SECTORS_DEFAULT = 4;
const PARAGRAPH_BYTES = 16;
/** The last 16 bytes of an image that was made here, in ASCII: with a kernel in it, and without. */
export const MARK = { wrapped: "BASEBOARD CRASH\n", alone: "BASEBOARD ALONE\n" } as const;

/** Of the protected-mode part. */
export const ENTRY_64 = 0x200;

/** Where a PE header has what is needed of it. @see PE format, "Optional header data directories" */
const Pe = {
  HeaderAt: 0x3c,
  Magic: 24,
  CertificateTable: 24 + 144,
} as const;
const PE_SIGNATURE = 0x0000_4550;
const PE32_PLUS = 0x020b;

/** Why an image cannot be made to run the executor. */
export type UnfitCode = "NOT_A_BZIMAGE" | "WRAPPED_ALREADY" | "NO_ROOM" | "NOT_WRAPPED";

/** A kernel image that the executor cannot be put into, in one sentence. */
export class UnfitImage extends BaseboardError<UnfitCode> {
  constructor(code: UnfitCode, message: string) {
    super(message, { code });
  }
}

/** What is known of a bzImage. */
export interface BzImage {
  /** Without its signature, if it had one. */
  readonly bytes: Uint8Array;
  /** How many bytes of a signature were taken away. */
  readonly signatureBytes: number;
  /** Where the protected-mode part begins. */
  readonly systemAt: number;
  readonly initSize: number;
}

/**
 * Takes a copy of an image apart, and its PE signature away, which holds for these bytes only. Throws
 * `UnfitImage` where it is no bzImage with a 64-bit entry, or is cut short.
 */
export function readBzImage(image: Uint8Array): BzImage {
  checkHeader(image);
  const { bytes, signatureBytes } = withoutSignature(new Uint8Array(image));
  const view = new DataView(bytes.buffer);
  const sectors = view.getUint8(Header.SetupSectors) || SETUP_SECTORS_DEFAULT;
  const systemAt = (sectors + 1) * SECTOR_BYTES;
  const systemBytes = view.getUint32(Header.SystemSize, true) * PARAGRAPH_BYTES;
  if (bytes.length + PARAGRAPH_BYTES <= systemAt + systemBytes) {
    throw unfit(`is cut short: its header tells of ${systemAt + systemBytes} bytes`);
  }
  if (systemBytes <= ENTRY_64 + PARAGRAPH_BYTES) throw unfit("has no 64-bit entry");
  return { bytes, signatureBytes, systemAt, initSize: view.getUint32(Header.InitSize, true) };
}

/** Of an image of our own: the header ends within the first two sectors. */
export const SYSTEM_AT = 2 * SECTOR_BYTES;
/** Where its protected-mode part is loaded to, if nothing speaks against it, and its unit. */
const OWN = {
  address: 0x100_0000,
  alignment: 0x20_0000,
  alignmentLog2: 21,
  bytes: 0x1_0000,
} as const;

/** The setup part of a bzImage that has its 64-bit entry alone, and runs wherever it is loaded. */
export function ownHeader(systemBytes: number): Uint8Array {
  const bytes = new Uint8Array(SYSTEM_AT);
  const view = new DataView(bytes.buffer);
  view.setUint8(Header.SetupSectors, SYSTEM_AT / SECTOR_BYTES - 1);
  view.setUint16(Header.BootFlag, BOOT_FLAG, true);
  // A jump over the header, which by its distance tells where that ends.
  view.setUint8(Header.Jump, JMP_SHORT);
  view.setUint8(Header.Jump + 1, HEADER_END - (Header.Jump + 2));
  view.setUint32(Header.Signature, SIGNATURE, true);
  view.setUint16(Header.Protocol, PROTOCOL_MIN, true);
  view.setUint8(Header.LoadFlags, LOADED_HIGH);
  view.setUint32(Header.InitrdMax, 0x7fff_ffff, true);
  view.setUint32(Header.Alignment, OWN.alignment, true);
  view.setUint8(Header.Relocatable, 1);
  view.setUint8(Header.AlignmentMin, OWN.alignmentLog2);
  const flags = HAS_64_BIT_ENTRY | ABOVE_4_GIB | TAKES_5_LEVELS;
  view.setUint16(Header.ExtraLoadFlags, flags, true);
  view.setUint32(Header.CommandLineMax, COMMAND_LINE_MAX, true);
  view.setBigUint64(Header.PreferredAddress, BigInt(OWN.address), true);
  view.setUint32(Header.InitSize, Math.max(OWN.bytes, systemBytes), true);
  setSystemBytes(bytes, systemBytes);
  return bytes;
}

/** The protected-mode part is now so many bytes long, a multiple of 16. */
export function setSystemBytes(image: Uint8Array, bytes: number): void {
  const view = new DataView(image.buffer, image.byteOffset);
  view.setUint32(Header.SystemSize, bytes / PARAGRAPH_BYTES, true);
}

/** The next multiple of 16. */
export function wholeParagraphs(bytes: number): number {
  return Math.ceil(bytes / PARAGRAPH_BYTES) * PARAGRAPH_BYTES;
}

function checkHeader(image: Uint8Array): void {
  if (image.length < HEADER_BYTES) throw unfit("is no bzImage: it is too short for one");
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (view.getUint32(Header.Signature, true) !== SIGNATURE) throw unfit(whatElse(view));
  if (view.getUint16(Header.Protocol, true) < PROTOCOL_MIN) {
    throw unfit("is of a boot protocol before 2.12, which has no 64-bit entry");
  }
  if ((view.getUint8(Header.LoadFlags) & LOADED_HIGH) === 0) throw unfit("is a zImage");
  if ((view.getUint16(Header.ExtraLoadFlags, true) & HAS_64_BIT_ENTRY) === 0) {
    throw unfit("has no 64-bit entry: it is a 32-bit kernel");
  }
}

function whatElse(view: DataView): string {
  const first = view.getUint32(0, true);
  if (first === ELF_MAGIC) return "is an ELF file and no bzImage; take the vmlinuz of that kernel";
  if ((first & 0xffff) === GZIP_MAGIC) return "is gzip data and no bzImage for x86";
  return "is no bzImage for x86";
}

const ELF_MAGIC = 0x464c_457f;
const GZIP_MAGIC = 0x8b1f;

/** A kernel with an EFI stub is a PE file, and its signature the last of it. */
function withoutSignature(bytes: Uint8Array): Pick<BzImage, "bytes" | "signatureBytes"> {
  const view = new DataView(bytes.buffer);
  const at = view.getUint32(Pe.HeaderAt, true);
  const whole = at + Pe.CertificateTable + 8 <= bytes.length;
  if (!whole || view.getUint32(at, true) !== PE_SIGNATURE) return { bytes, signatureBytes: 0 };
  if (view.getUint16(at + Pe.Magic, true) !== PE32_PLUS) return { bytes, signatureBytes: 0 };
  const start = view.getUint32(at + Pe.CertificateTable, true);
  const length = view.getUint32(at + Pe.CertificateTable + 4, true);
  if (start === 0 || length === 0) return { bytes, signatureBytes: 0 };
  if (start < HEADER_BYTES || start + length !== bytes.length) {
    throw unfit("has a signature that is not the last of it; take one without, or as it was built");
  }
  view.setBigUint64(at + Pe.CertificateTable, 0n, true);
  return { bytes: bytes.slice(0, start), signatureBytes: length };
}

function unfit(why: string): UnfitImage {
  return new UnfitImage("NOT_A_BZIMAGE", why);
}
