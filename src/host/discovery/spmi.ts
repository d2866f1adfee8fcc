import { byteAt } from "../../ipmi/bytes.ts";
import { misplaced, SMBUS_ADDRESSES } from "../../wire/location.ts";
import type { AcpiTable } from "./acpi.ts";
import { type Finding, hex } from "./finding.ts";
import { KINDS } from "./smbios-record.ts";

const LENGTH_LEAST = 65;
/** Address spaces of ACPI's Generic Address Structure. */
const SPACES: Readonly<Record<number, "io" | "mem" | "bus">> = { 0: "mem", 1: "io", 4: "bus" };

/** Reads a table SPMI. @see IPMI 2.0 Appendix C3-1 */
export function spmiInterface({ name, bytes }: AcpiTable): Finding {
  const about = { source: "spmi", where: `ACPI table ${name}` } as const;
  if (bytes.length < LENGTH_LEAST) {
    const unusable = `the table has ${bytes.length} bytes, ${LENGTH_LEAST} are the least`;
    return { ...about, kind: undefined, location: undefined, notes: [], unusable };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const notes = oddities(bytes, view);
  const kind = KINDS[byteAt(bytes, 36)];
  const version = `${byteAt(bytes, 39).toString(16)}.${byteAt(bytes, 38).toString(16)}`;
  const interrupt = (byteAt(bytes, 40) & 2) === 0 ? 0 : view.getUint32(44, true);
  const whole = { ...about, kind, version, notes, ...(interrupt === 0 ? {} : { interrupt }) };
  return { ...whole, ...placeOf(bytes, view, kind, notes) };
}

function placeOf(
  bytes: Uint8Array,
  view: DataView,
  kind: Finding["kind"],
  notes: string[],
): Pick<Finding, "location" | "unusable" | "busAddress"> {
  const type = byteAt(bytes, 36);
  if (kind === undefined) return nowhere(`its type is ${type}: 1 to 4 are known`);
  const space = SPACES[byteAt(bytes, 48)];
  const address = Number(view.getBigUint64(52, true));
  if (kind === "ssif") {
    const { least, most } = SMBUS_ADDRESSES;
    return address >= least && address <= most
      ? { location: undefined, busAddress: address }
      : nowhere(`its bus address is ${hex(address)}, from 0x8 to 0x77 is right`);
  }
  if (space === undefined || space === "bus") {
    return nowhere(`its address space is ${byteAt(bytes, 48)}: memory and I/O are known`);
  }
  const bits = byteAt(bytes, 49);
  const spacing = bits % 8 === 0 && bits > 0 ? bits / 8 : 1;
  if (bits % 8 !== 0) notes.push(`a register of ${bits} bits: a spacing of 1 byte is assumed`);
  const location = { at: space, kind, base: address, spacing, width: 8 } as const;
  const unusable = misplaced(location);
  return unusable === undefined ? { location } : nowhere(unusable);
}

function nowhere(unusable: string): Pick<Finding, "location" | "unusable"> {
  return { location: undefined, unusable };
}

function oddities(bytes: Uint8Array, view: DataView): string[] {
  const length = view.getUint32(4, true);
  const sum = bytes.subarray(0, length).reduce((all, byte) => (all + byte) & 0xff, 0);
  return [
    ...(length > bytes.length ? [`the table says ${length} bytes, ${bytes.length} are there`] : []),
    ...(sum === 0 ? [] : ["its checksum is wrong"]),
    ...(byteAt(bytes, 37) === 1 ? [] : ["its byte 37 is not 1"]),
  ];
}
