import { SeatError } from "../programs/errors.ts";
import { decompressed, gunzipped } from "./decompress.ts";

/**
 * Offsets in the header of a bzImage. The payload's offset counts from the end of the setup code.
 * @see Linux x86 boot protocol, "The real-mode kernel header"
 */
const Header = {
  SetupSectors: 0x1f1,
  Signature: 0x202,
  Version: 0x20e,
  PayloadOffset: 0x248,
  PayloadBytes: 0x24c,
} as const;
const HEADER_BYTES = Header.PayloadBytes + 4;
const SIGNATURE = "HdrS";
const SECTOR_BYTES = 512;
const SETUP_SECTORS_DEFAULT = 4;
/** The pointer to the version's text counts from the second sector. */
const VERSION_BASE = 0x200;
/** All but gzip, whose trailer has it, are followed by the size of the contents. */
const SIZE_BYTES = 4;

/** Offsets in an ELF-64 file and in its program headers. @see System V ABI, chapters 4 and 5 */
const Elf = { Machine: 18, ProgramOffset: 32, ProgramEntryBytes: 54, ProgramCount: 56 } as const;
const Program = { Type: 0, Offset: 8, FileBytes: 32 } as const;
const ELF_HEADER_BYTES = 64;
const PROGRAM_ENTRY_BYTES = 56;
const ELF_MAGIC = 0x464c_457f;
const ELF_CLASS_64 = 2;
const MACHINE_X86_64 = 62;
const SEGMENT_NOTE = 4;
const NOTE_HEADER_BYTES = 12;
/** The note that names the 32-bit entry which a PVH loader jumps to. */
const PVH_NOTE = { name: "Xen\0", type: 18 } as const;

/** A kernel image taken apart. */
export interface KernelImage {
  /** The first word of the version text: what `uname -r` will say. */
  readonly release: string;
  /** The decompressed kernel. */
  readonly elf: Uint8Array;
  readonly pvh: boolean;
}

/** Takes the kernel itself out of a bzImage, so that no guest has to decompress it at each boot. */
export async function readKernelImage(image: Buffer, name: string): Promise<KernelImage> {
  if (image.toString("latin1", Header.Signature, Header.Signature + 4) !== SIGNATURE) {
    throw new SeatError("KERNEL_NOT_X86_64", `${name} is not an x86 kernel image (bzImage)`);
  }
  if (image.length < HEADER_BYTES) throw cutShort(name);
  const setup = (image.readUInt8(Header.SetupSectors) || SETUP_SECTORS_DEFAULT) + 1;
  const start = setup * SECTOR_BYTES + image.readUInt32LE(Header.PayloadOffset);
  const payload = image.subarray(start, start + image.readUInt32LE(Header.PayloadBytes));
  const elf = await decompressedPayload(payload, name);
  if (
    elf.length < ELF_HEADER_BYTES ||
    elf.readUInt32LE(0) !== ELF_MAGIC ||
    elf.readUInt8(4) !== ELF_CLASS_64
  ) {
    throw new SeatError("KERNEL_NOT_X86_64", `${name} holds no 64-bit ELF kernel`);
  }
  if (elf.readUInt16LE(Elf.Machine) !== MACHINE_X86_64) {
    throw new SeatError("KERNEL_NOT_X86_64", `${name} is for another processor than x86-64`);
  }
  return { release: releaseOf(image), elf, pvh: hasPvhEntry(elf, name) };
}

async function decompressedPayload(payload: Buffer, name: string): Promise<Buffer> {
  if (payload.length < 2 * SIZE_BYTES) throw cutShort(name);
  if (payload.readUInt16BE(0) === 0x1f8b) return gunzipped(payload, name);
  return decompressed(payload.subarray(0, payload.length - SIZE_BYTES), name);
}

function releaseOf(image: Buffer): string {
  const at = image.readUInt16LE(Header.Version) + VERSION_BASE;
  const text = image.toString("latin1", at, at + 256);
  return /^[^\s\0]*/.exec(text)?.[0] ?? "";
}

function hasPvhEntry(elf: Buffer, name: string): boolean {
  const table = Number(elf.readBigUInt64LE(Elf.ProgramOffset));
  const entryBytes = elf.readUInt16LE(Elf.ProgramEntryBytes);
  for (let index = 0; index < elf.readUInt16LE(Elf.ProgramCount); index++) {
    const entry = elf.subarray(table + index * entryBytes);
    if (entry.length < PROGRAM_ENTRY_BYTES) throw cutShort(name);
    if (entry.readUInt32LE(Program.Type) !== SEGMENT_NOTE) continue;
    const offset = Number(entry.readBigUInt64LE(Program.Offset));
    const bytes = Number(entry.readBigUInt64LE(Program.FileBytes));
    if (hasPvhNote(elf.subarray(offset, offset + bytes))) return true;
  }
  return false;
}

/** Notes are: name length, contents length, type, then both, each padded to 4 bytes. */
function hasPvhNote(notes: Buffer): boolean {
  let at = 0;
  while (at + NOTE_HEADER_BYTES <= notes.length) {
    const nameBytes = notes.readUInt32LE(at);
    const contentBytes = notes.readUInt32LE(at + 4);
    const name = notes.toString(
      "latin1",
      at + NOTE_HEADER_BYTES,
      at + NOTE_HEADER_BYTES + nameBytes,
    );
    if (name === PVH_NOTE.name && notes.readUInt32LE(at + 8) === PVH_NOTE.type) return true;
    at += NOTE_HEADER_BYTES + padded(nameBytes) + padded(contentBytes);
  }
  return false;
}

function cutShort(name: string): SeatError {
  return new SeatError("KERNEL_UNREADABLE", `${name} is cut short`);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
