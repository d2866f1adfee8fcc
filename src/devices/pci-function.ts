import { readFileSync, writeFileSync } from "node:fs";
import {
  locationText,
  type PciLocation,
  type RegisterLocation,
  registersSpan,
} from "../wire/location.ts";
import { DeviceError } from "./errors.ts";
import type { Claimed } from "./ownership.ts";

const IS_IO = 0x100;
const IS_MEMORY = 0x200;

/** BAR 0 of a PCI function, as the kernel shows it. */
export interface PciBar {
  /** The file that its registers are behind. */
  readonly path: string;
  readonly claimed: Claimed;
  /** Lets the function answer at its addresses; gives back what takes that away again. */
  enable(): () => void;
}

/** Looks a function up. Throws `DeviceError`. */
export function pciBar({ slot }: PciLocation, root = "/sys/bus/pci/devices"): PciBar {
  const folder = `${root}/${slot}`;
  const [first = ""] = textOf(`${folder}/resource`, slot).split("\n");
  const [start, end, flags] = first.trim().split(/\s+/).map(Number);
  const at = (flags ?? 0) & IS_IO ? "io" : "mem";
  const there = start !== undefined && end !== undefined && end > start && flags !== undefined;
  if (!there || (flags & (IS_IO | IS_MEMORY)) === 0) {
    throw new DeviceError("NO_DEVICE", `${slot}: the PCI function has no BAR 0`);
  }
  return {
    path: `${folder}/resource0`,
    claimed: { at, base: start, length: end - start + 1 },
    enable: () => enabled(`${folder}/enable`, slot),
  };
}

/**
 * Where the registers behind a BAR are now. Nothing is said of how they lie: as one byte after the other. Throws
 * `DeviceError` where the BAR has no room for them.
 */
export function barRegisters(location: PciLocation, { claimed }: PciBar): RegisterLocation {
  const { at, base, length } = claimed;
  const { kind } = location;
  const registers: RegisterLocation = { at, kind, base, spacing: 1, width: 8 };
  const span = registersSpan(registers);
  if (span <= length) return registers;
  const text = `${locationText(location)}: its BAR 0 has ${length} bytes, and ${kind} has ${span} registers`;
  throw new DeviceError("NO_DEVICE", text);
}

/** The kernel counts who wants a function enabled, so that nobody else's wish is undone. */
function enabled(path: string, slot: string): () => void {
  if (Number(textOf(path, slot)) > 0) return () => {};
  writeFileSync(path, "1");
  return () => writeFileSync(path, "0");
}

function textOf(path: string, slot: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    const remedy = "baseboard discover names those that are there";
    throw new DeviceError("NO_DEVICE", `${slot}: there is no such PCI function`, remedy);
  }
}
