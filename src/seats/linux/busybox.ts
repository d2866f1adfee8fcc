import { existsSync, readFileSync } from "node:fs";
import { SeatError } from "../../programs/errors.ts";

const PLACES = ["/usr/bin/busybox", "/bin/busybox"] as const;

/** One that needs no libraries: it is all that a guest has. `TOOL_MISSING` where there is none. */
export function busybox(): Buffer {
  const place = PLACES.find((path) => existsSync(path));
  const program = place === undefined ? undefined : readFileSync(place);
  if (program !== undefined && !asksForLoader(program)) return program;
  const what = program === undefined ? "there is no busybox here" : `${place} needs libraries`;
  throw new SeatError("TOOL_MISSING", what, "apt-get install busybox-static");
}

/** A 64-bit ELF file's program headers: where they are, how long each is, how many. @see gABI, "ELF Header" */
const Elf = { HeadersAt: 0x20, HeaderBytes: 0x36, Headers: 0x38 } as const;
const PT_INTERP = 3;

/** Whether an ELF file names a loader, which finds the libraries. */
function asksForLoader(elf: Buffer): boolean {
  const first = Number(elf.readBigUInt64LE(Elf.HeadersAt));
  const bytes = elf.readUInt16LE(Elf.HeaderBytes);
  const count = elf.readUInt16LE(Elf.Headers);
  const types = Array.from({ length: count }, (_, index) =>
    elf.readUInt32LE(first + index * bytes),
  );
  return types.includes(PT_INTERP);
}
