import { byteAt } from "../../ipmi/bytes.ts";
import type { InterfaceKind } from "../../wire/interface.ts";
import { IO_END, misplaced, type RegisterLocation, SMBUS_ADDRESSES } from "../../wire/location.ts";
import { type Finding, hex } from "./finding.ts";

/** The type of the record that describes the interface. */
export const TYPE_IPMI_DEVICE = 38;

/** What tables number an interface by. @see IPMI 2.0 Appendix C1-1, C3-1 */
export const KINDS: readonly (InterfaceKind | undefined)[] = [
  undefined,
  "kcs",
  "smic",
  "bt",
  "ssif",
];

/** The record's length before and since it told spacing and interrupt. */
const LENGTH = { least: 0x10, full: 0x12 } as const;
const SPACINGS: readonly number[] = [1, 4, 16];
const Modifier = { interruptValid: 0x08, addressBit0: 0x10 } as const;
const OWN_ADDRESS = 0x20;
const IO_BIT = 1n;

type Record38 = Omit<Finding, "where">;

/** Reads one record of type 38, as firmware really fills it in. @see IPMI 2.0 Appendix C1-1 */
export function interfaceRecord(record: Uint8Array): Record38 {
  const source = "smbios";
  if (record.length < LENGTH.least) {
    const unusable = `the record has ${record.length} bytes, ${LENGTH.least} are the least`;
    return { source, kind: undefined, location: undefined, notes: [], unusable };
  }
  const type = byteAt(record, 4);
  const kind = KINDS[type];
  const notes: string[] = [];
  const about = { source, kind, ...versionOf(record, notes), ...ipmbOf(record, notes) } as const;
  const base = new DataView(record.buffer, record.byteOffset).getBigUint64(8, true);
  if (kind === undefined) {
    const names = base >> 1n === 0n ? "" : `, though it names the base ${hex(base & ~IO_BIT)}`;
    const unusable = `its type is ${type === 0 ? "unknown" : "reserved"} (${type})${names}`;
    return { ...about, location: undefined, notes, unusable };
  }
  if (kind === "ssif") return { ...about, notes, ...busOf(record, base, notes) };
  return { ...about, ...registersOf(record, { kind, base }, notes), notes };
}

function registersOf(
  record: Uint8Array,
  { kind, base }: { readonly kind: RegisterLocation["kind"]; readonly base: bigint },
  notes: string[],
): Pick<Finding, "location" | "unusable" | "interrupt"> {
  const full = record.length >= LENGTH.full;
  const modifier = full ? byteAt(record, 0x10) : 0;
  const spacing = SPACINGS[modifier >> 6];
  const interrupt = full ? interruptOf(modifier, byteAt(record, 0x11), notes) : {};
  if (base >> 1n === 0n) {
    return {
      location: undefined,
      unusable: "its base is 0: no interface is described",
      ...interrupt,
    };
  }
  if (spacing === undefined) {
    return {
      location: undefined,
      unusable: "its register spacing is the reserved one (3)",
      ...interrupt,
    };
  }
  if (!full)
    notes.push(
      `a record of ${record.length} bytes tells no spacing and no interrupt: 1 byte, in I/O space`,
    );
  const bit0 = (modifier & Modifier.addressBit0) === 0 ? 0n : 1n;
  const address = Number((base & ~IO_BIT) | bit0);
  const at = spaceOf({ full, base, address }, notes);
  const within = at === "io" ? address % IO_END : address;
  if (within !== address)
    notes.push(`an I/O address has 16 bits: ${hex(address)} counts as ${hex(within)}`);
  if (within % spacing !== 0)
    notes.push(`the base ${hex(within)} is not a multiple of the spacing, ${spacing}`);
  const location = { at, kind, base: within, spacing, width: 8 } as const;
  const unusable = misplaced(location);
  return unusable === undefined
    ? { location, ...interrupt }
    : { location: undefined, unusable, ...interrupt };
}

function spaceOf(
  {
    full,
    base,
    address,
  }: { readonly full: boolean; readonly base: bigint; readonly address: number },
  notes: string[],
): "io" | "mem" {
  if ((base & IO_BIT) !== 0n || !full) return "io";
  if (address >= IO_END) return "mem";
  notes.push(
    `memory at ${hex(address)} cannot be meant: the firmware forgot the bit for I/O space`,
  );
  return "io";
}

function interruptOf(
  modifier: number,
  number: number,
  notes: string[],
): Pick<Finding, "interrupt"> {
  if ((modifier & Modifier.interruptValid) !== 0) return number === 0 ? {} : { interrupt: number };
  if (number !== 0) notes.push(`it names interrupt ${number}, and that it names none: left out`);
  return {};
}

/** The low byte has the address shifted up by one; some firmware leaves it 0 and means the one for IPMB. */
function busOf(
  record: Uint8Array,
  base: bigint,
  notes: string[],
): Pick<Finding, "location" | "unusable" | "busAddress"> {
  const low = Number(base & 0xffn);
  const busAddress = (low >> 1 === 0 ? byteAt(record, 6) : low) >> 1;
  if ((low & 1) !== 0) notes.push("bit 0 of the bus address is set: it is not part of it");
  if (low >> 1 === 0) notes.push("its bus address is 0: the slave address stands for it");
  const { least, most } = SMBUS_ADDRESSES;
  return busAddress >= least && busAddress <= most
    ? { location: undefined, busAddress }
    : {
        location: undefined,
        unusable: `its bus address is ${hex(busAddress)}, from 0x8 to 0x77 is right`,
      };
}

function versionOf(record: Uint8Array, notes: string[]): Pick<Finding, "version"> {
  const bcd = byteAt(record, 5);
  const version = `${(bcd >> 4).toString(16)}.${(bcd & 15).toString(16)}`;
  if (bcd !== 0x15 && bcd !== 0x20 && bcd !== 0x10)
    notes.push(`it claims IPMI ${version}, which there is not`);
  return { version };
}

function ipmbOf(record: Uint8Array, notes: string[]): Pick<Finding, "ipmb"> {
  const ipmb = byteAt(record, 6);
  if (ipmb === OWN_ADDRESS) return {};
  if (ipmb !== 0) return { ipmb };
  notes.push("its slave address is 0: 20h is assumed");
  return {};
}
