import { at, rax, rdx } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import type { AccessWidth, ControllerLocation, RegisterLocation } from "../wire/location.ts";
import { seenAt } from "./own-tables.ts";

/** How one register is reached: where it is, and what reads and writes it. */
export interface RegisterAccess {
  /** In I/O space, or in memory as the executor sees it. */
  readonly address: (register: number) => number;
  /** A read leaves the upper bits of `rax` as they were, so they are to be cleared before. */
  readonly readsParts: boolean;
  /** Reads the register at `rdx`: its lowest byte is `al`, and no other bit of `rax` is set by it. */
  readonly read: (a: Assembler) => void;
  /** Writes `rax`, a byte, to the register at `rdx`. */
  readonly write: (a: Assembler) => void;
}

/** Of what an interface's registers have, the lowest byte counts. */
const BYTE = 0xff;

export function accessOf(location: RegisterLocation | ControllerLocation): RegisterAccess {
  if (location.at === "i801") return portAccess(8, (register) => location.base + register);
  const { spacing, width } = location;
  if (location.at === "io") {
    return portAccess(width, (register) => location.base + register * spacing);
  }
  const first = seenAt(location);
  return {
    address: (register) => first + register * spacing,
    readsParts: false,
    read: (a) => {
      a.load(rax, at(rdx), width);
      if (width > 8) a.and(rax, BYTE);
    },
    write: (a) => a.store(at(rdx), rax, width),
  };
}

function portAccess(width: AccessWidth, address: RegisterAccess["address"]): RegisterAccess {
  const { read, write } = PORT[width === 8 || width === 16 ? width : 32];
  return {
    address,
    readsParts: width < 32,
    read: (a) => {
      read(a);
      if (width > 8) a.and(rax, BYTE);
    },
    write,
  };
}

const PORT = {
  8: { read: (a: Assembler) => a.in8(), write: (a: Assembler) => a.out8() },
  16: { read: (a: Assembler) => a.in16(), write: (a: Assembler) => a.out16() },
  32: { read: (a: Assembler) => a.in32(), write: (a: Assembler) => a.out32() },
} as const;
