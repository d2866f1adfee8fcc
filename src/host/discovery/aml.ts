import { byteAt } from "../../ipmi/bytes.ts";

/** A device of AML that says to be an IPMI interface, as far as plain declarations tell. */
export interface AmlDevice {
  /** Its own name, four characters. */
  readonly name: string;
  readonly value: (name: string) => AmlValue;
}

/** What a name in a device stands for. */
export type AmlValue =
  | { readonly is: "number"; readonly number: number }
  | { readonly is: "bytes"; readonly bytes: Uint8Array }
  /** Declared, and only whoever runs it knows. */
  | { readonly is: "method" }
  | { readonly is: "none" };

interface Extent {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const Op = {
  name: 0x08,
  buffer: 0x11,
  package: 0x12,
  method: 0x14,
  extended: 0x5b,
  device: 0x82,
  return: 0xa4,
} as const;
const HEADER = 36;
const DEVICES_MAX = 4_096;
const FOUND_MAX = 32;
/** No table names the identifier so often. */
const MENTIONS_MAX = 256;
/** A device's own declarations take less: beyond, nothing is looked for. */
const DEVICE_BYTES_MAX = 0x4000;
/** IPI0001 as a text, and in four bytes. */
const IDS = [
  Uint8Array.from([0x0d, 0x49, 0x50, 0x49, 0x30, 0x30, 0x30, 0x31, 0]),
  Uint8Array.from([0x0c, 0x26, 0x09, 0x00, 0x01]),
];
/** How far behind `_HID` or `_CID` an identifier may stand: in a package of several. */
const ID_WITHIN = 64;

/**
 * The devices of a DSDT or SSDT whose `_HID` or `_CID` is IPI0001. Looks for declarations as they are
 * encoded, and runs nothing: what a method gives, or changes, is not known. @see IPMI 2.0 Appendix C3-2
 */
export function amlDevices(table: Uint8Array): readonly AmlDevice[] {
  const extents = deviceExtents(table);
  const found = new Set<Extent>();
  let mentions = 0;
  for (let at = HEADER; at + 5 < table.length && mentions < MENTIONS_MAX; at += 1) {
    if (byteAt(table, at) !== Op.name) continue;
    const name = nameAt(table, at + 1);
    if ((name !== "_HID" && name !== "_CID") || !hasId(table, at + 5)) continue;
    mentions += 1;
    const extent = innermost(extents, at);
    if (extent !== undefined) found.add(extent);
  }
  return [...found].slice(0, FOUND_MAX).map((extent) => ({
    name: extent.name,
    value: (name) => declared(table, extents, extent, name),
  }));
}

function deviceExtents(table: Uint8Array): readonly Extent[] {
  const extents: Extent[] = [];
  for (let at = HEADER; at + 3 < table.length && extents.length < DEVICES_MAX; at += 1) {
    if (byteAt(table, at) !== Op.extended || byteAt(table, at + 1) !== Op.device) continue;
    const length = packageLength(table, at + 2);
    if (length === undefined) continue;
    const name = lastName(table, length.behind);
    if (name !== undefined) extents.push({ name, from: at, to: length.end });
  }
  return extents;
}

function innermost(extents: readonly Extent[], at: number): Extent | undefined {
  let least: Extent | undefined;
  for (const extent of extents) {
    const within = extent.from < at && at < extent.to;
    if (within && (least === undefined || extent.to - extent.from < least.to - least.from)) {
      least = extent;
    }
  }
  return least;
}

function hasId(table: Uint8Array, at: number): boolean {
  const direct = IDS.some((id) => startsWith(table, at, id));
  if (direct || byteAt(table, at) !== Op.package) return direct;
  const end = Math.min(packageLength(table, at + 1)?.end ?? at, at + ID_WITHIN);
  for (let inner = at + 1; inner < end; inner += 1) {
    if (IDS.some((id) => startsWith(table, inner, id))) return true;
  }
  return false;
}

function declared(
  table: Uint8Array,
  extents: readonly Extent[],
  device: Extent,
  wanted: string,
): AmlValue {
  const end = Math.min(device.to, device.from + DEVICE_BYTES_MAX, table.length - 4);
  for (let at = device.from; at < end; at += 1) {
    const op = byteAt(table, at);
    if (op === Op.name && nameAt(table, at + 1) === wanted && innermost(extents, at) === device) {
      return valueAt(table, at + 5) ?? { is: "method" };
    }
    if (op !== Op.method) continue;
    const length = packageLength(table, at + 1);
    if (length === undefined || nameAt(table, length.behind) !== wanted) continue;
    if (innermost(extents, at) === device) return returned(table, length.behind + 5, length.end);
  }
  return { is: "none" };
}

/** A method that only returns a constant is one. */
function returned(table: Uint8Array, at: number, end: number): AmlValue {
  const plain = at < end && table[at] === Op.return ? valueAt(table, at + 1) : undefined;
  return plain ?? { is: "method" };
}

function valueAt(table: Uint8Array, at: number): AmlValue | undefined {
  if (table[at] !== Op.buffer) {
    const number = integerAt(table, at)?.value;
    return number === undefined ? undefined : { is: "number", number };
  }
  const length = packageLength(table, at + 1);
  const size = length === undefined ? undefined : integerAt(table, length.behind);
  if (length === undefined || size === undefined) return undefined;
  return { is: "bytes", bytes: table.subarray(size.behind, length.end) };
}

function integerAt(table: Uint8Array, at: number) {
  const op = table[at];
  if (op === 0 || op === 1) return { value: op, behind: at + 1 };
  const size = op === undefined ? undefined : INTEGER_SIZES[op];
  if (size === undefined || at + 1 + size > table.length) return undefined;
  let value = 0;
  for (let index = size; index > 0; index -= 1) value = value * 256 + byteAt(table, at + index);
  return { value, behind: at + 1 + size };
}

const INTEGER_SIZES: Readonly<Record<number, number>> = { 10: 1, 11: 2, 12: 4, 14: 8 };

/** The length of what follows counts its own bytes, too: where those end, and all of it. */
function packageLength(table: Uint8Array, at: number) {
  const lead = table[at];
  if (lead === undefined) return undefined;
  const more = lead >> 6;
  if (at + 1 + more > table.length) return undefined;
  let length = more === 0 ? lead & 0x3f : lead & 0x0f;
  for (let index = 0; index < more; index += 1)
    length += byteAt(table, at + 1 + index) * 16 * 256 ** index;
  const end = at + length;
  return length < 1 + more || end > table.length ? undefined : { behind: at + 1 + more, end };
}

/** The last name of a path: `\_SB.PCI0.MI0` is `MI0_`. */
function lastName(table: Uint8Array, at: number): string | undefined {
  let start = at;
  for (let steps = 0; steps < 16 && (table[start] === 0x5c || table[start] === 0x5e); steps += 1)
    start += 1;
  if (table[start] === 0x2e) start += 5;
  else if (table[start] === 0x2f) start += 2 + 4 * ((table[start + 1] ?? 1) - 1);
  const name = nameAt(table, start);
  return /^[A-Z_][A-Z0-9_]{3}$/.test(name) ? name : undefined;
}

function nameAt(table: Uint8Array, at: number): string {
  return at + 4 > table.length ? "" : String.fromCharCode(...table.subarray(at, at + 4));
}

function startsWith(table: Uint8Array, at: number, wanted: Uint8Array): boolean {
  return wanted.every((byte, index) => table[at + index] === byte);
}
