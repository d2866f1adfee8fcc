import { byteAt } from "../../ipmi/bytes.ts";
import { type Finding, hex } from "./finding.ts";
import { interfaceRecord, TYPE_IPMI_DEVICE } from "./smbios-record.ts";

/** What was read of a machine's SMBIOS. */
export interface SmbiosTables {
  readonly entryPoint?: Uint8Array;
  readonly structures?: Uint8Array;
}

/** What SMBIOS says: interfaces, and what is wrong with the tables. */
export interface SmbiosFindings {
  readonly version: string | undefined;
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
}

interface EntryPoint {
  readonly version: string;
  readonly bytes: number;
  /** Undefined for a 64-bit one, which does not count. */
  readonly structures: number | undefined;
}

const TYPE_END = 127;
const HEADER = 4;
/** No machine has a thousandth of it: structures, and type 38's among them. */
const STRUCTURES_MAX = 65_536;
const RECORDS_MAX = 64;

/** Walks the structures and reads each record of type 38. Takes any bytes. @see IPMI 2.0 Appendix C1 */
export function smbiosInterfaces({ entryPoint, structures }: SmbiosTables): SmbiosFindings {
  const remarks: string[] = [];
  const entry = entryPoint === undefined ? undefined : readEntryPoint(entryPoint, remarks);
  const findings: Finding[] = [];
  if (structures !== undefined) {
    const walk = walkStructures(structures, entry, remarks);
    const handles = new Set<number>();
    for (const [index, { handle, body }] of walk.entries()) {
      const notes: string[] = [];
      if (handles.has(handle)) notes.push(`the handle ${hex(handle)} stands twice`);
      if (index > 0)
        notes.push("another record of type 38 stands before it: one is all there may be");
      handles.add(handle);
      const finding = interfaceRecord(body);
      findings.push({
        ...finding,
        where: `SMBIOS record 38, handle ${hex(handle)}`,
        notes: [...finding.notes, ...notes],
      });
    }
  }
  return { version: entry?.version, findings, remarks };
}

interface Structure {
  readonly handle: number;
  readonly body: Uint8Array;
}

function walkStructures(
  table: Uint8Array,
  entry: EntryPoint | undefined,
  remarks: string[],
): readonly Structure[] {
  const found: Structure[] = [];
  const end = Math.min(table.length, entry?.bytes ?? table.length);
  if (entry !== undefined && entry.structures !== undefined && entry.bytes > table.length) {
    remarks.push(`SMBIOS announces ${entry.bytes} bytes of structures, ${table.length} are there`);
  }
  const most = entry?.structures ?? STRUCTURES_MAX;
  let at = 0;
  for (let count = 0; at + HEADER <= end && count < most; count += 1) {
    const type = byteAt(table, at);
    const length = byteAt(table, at + 1);
    if (length < HEADER || at + length > end) {
      remarks.push(
        `SMBIOS breaks off at byte ${at}: a structure of type ${type} has length ${length}`,
      );
      return found;
    }
    if (type === TYPE_END) return found;
    if (type === TYPE_IPMI_DEVICE) {
      const body = table.subarray(at, at + length);
      found.push({ handle: byteAt(body, 2) | (byteAt(body, 3) << 8), body });
      if (found.length === RECORDS_MAX) {
        remarks.push(
          `SMBIOS has more than ${RECORDS_MAX} records of type 38: the rest is not read`,
        );
        return found;
      }
    }
    at = behindStrings(table, at + length, end);
  }
  if (entry?.structures === undefined)
    remarks.push("SMBIOS has no structure that ends it (type 127)");
  return found;
}

/** Strings end with two zeros in a row; where these are missing, the table ends. */
function behindStrings(table: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 1 < end; at += 1) {
    if (byteAt(table, at) === 0 && byteAt(table, at + 1) === 0) return at + 2;
  }
  return end;
}

const ANCHORS = [
  { anchor: "_SM3_", least: 0x18, read: entryPoint64 },
  { anchor: "_SM_", least: 0x1f, read: entryPoint32 },
  { anchor: "_DMI_", least: 0x0f, read: legacyEntryPoint },
] as const;

function readEntryPoint(bytes: Uint8Array, remarks: string[]): EntryPoint | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 5));
  const form = ANCHORS.find(({ anchor }) => text.startsWith(anchor));
  if (form === undefined || bytes.length < form.least) {
    remarks.push("SMBIOS has an entry point that is none: the structures are read without it");
    return undefined;
  }
  const length = form.anchor === "_DMI_" ? form.least : byteAt(bytes, form.anchor.length + 1);
  const sum = bytes.subarray(0, length).reduce((all, byte) => (all + byte) & 0xff, 0);
  if (length < form.least - 1 || length > bytes.length || sum !== 0) {
    remarks.push(
      "SMBIOS has an entry point with a wrong checksum: the structures are read without it",
    );
    return undefined;
  }
  return form.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
}

function entryPoint64(view: DataView): EntryPoint {
  const version = `${view.getUint8(7)}.${view.getUint8(8)}`;
  return { version, bytes: view.getUint32(0x0c, true), structures: undefined };
}

function entryPoint32(view: DataView): EntryPoint {
  return {
    version: `${view.getUint8(6)}.${view.getUint8(7)}`,
    bytes: view.getUint16(0x16, true),
    structures: view.getUint16(0x1c, true),
  };
}

function legacyEntryPoint(view: DataView): EntryPoint {
  const bcd = view.getUint8(0x0e);
  return {
    version: `${bcd >> 4}.${bcd & 15}`,
    bytes: view.getUint16(6, true),
    structures: view.getUint16(0x0c, true),
  };
}
