import { bytes, flag, record, reserved, uint, type ValueOf } from "../../record.ts";

/** The length of every record. @see IPMI 2.0 §32 */
export const SEL_RECORD_BYTES = 16;

/** @see IPMI 2.0 §32 */
export const SelRecordType = { Event: 0x02, OemTimestampedFirst: 0xc0, OemFirst: 0xe0 } as const;

/** The time of a record whose time nobody knows. @see IPMI 2.0 §37 */
export const TIME_UNSPECIFIED = 0xffffffff;

/** Up to here a time counts from the start of the SEL device, not from 1970. @see IPMI 2.0 §37 */
export const TIME_SINCE_START_MAX = 0x20000000;

/** What every SEL record begins with. @see IPMI 2.0 §32 */
export const selRecordHeader = record({
  recordId: uint(16),
  recordType: uint(8),
  body: bytes(13),
});

/** Type 02h. @see IPMI 2.0 §32.1 */
export const selEventRecord = record({
  recordId: uint(16),
  recordType: uint(8),
  time: uint(32),
  /** Whether `generator` is a software ID, and not a 7-bit slave address. */
  generatorIsSoftware: flag,
  generator: uint(7),
  generatorLun: uint(2),
  _1: reserved(2),
  channel: uint(4),
  evmRev: uint(8),
  sensorType: uint(8),
  sensorNumber: uint(8),
  eventType: uint(7),
  deassertion: flag,
  eventData1: uint(8),
  eventData2: uint(8),
  eventData3: uint(8),
});
/** An event with its time and its sender. @see IPMI 2.0 §32.1 */
export type SelEventRecord = ValueOf<typeof selEventRecord>;

/** Types C0h to DFh: OEM, with a time. @see IPMI 2.0 §32.2 */
export const selOemTimestampedRecord = record({
  recordId: uint(16),
  recordType: uint(8),
  time: uint(32),
  manufacturerId: uint(24),
  data: bytes(6),
});
/** A manufacturer's own record, with a time. @see IPMI 2.0 §32.2 */
export type SelOemTimestampedRecord = ValueOf<typeof selOemTimestampedRecord>;

/** Types E0h to FFh: OEM, without a time. @see IPMI 2.0 §32.3 */
export const selOemRecord = record({
  recordId: uint(16),
  recordType: uint(8),
  data: bytes(13),
});
/** A manufacturer's own record, without a time. @see IPMI 2.0 §32.3 */
export type SelOemRecord = ValueOf<typeof selOemRecord>;

/** A record of the log, by its kind. */
export type SelRecord =
  | { readonly kind: "event"; readonly record: SelEventRecord }
  | { readonly kind: "oem-timestamped"; readonly record: SelOemTimestampedRecord }
  | { readonly kind: "oem"; readonly record: SelOemRecord }
  | { readonly kind: "reserved"; readonly record: ValueOf<typeof selRecordHeader> };

/** The kind of a record of that type. @see IPMI 2.0 §32 */
export function selRecordKind(recordType: number): SelRecord["kind"] {
  if (recordType === SelRecordType.Event) return "event";
  if (recordType >= SelRecordType.OemFirst) return "oem";
  return recordType >= SelRecordType.OemTimestampedFirst ? "oem-timestamped" : "reserved";
}

/** Whether the SEL device puts its own time into a record of this type. @see IPMI 2.0 §32 */
export function selRecordHasTime(recordType: number): boolean {
  return recordType < SelRecordType.OemFirst;
}

/** Reads a record by its type. Throws `Malformed` when it is not 16 bytes long. */
export function decodeSelRecord(data: Uint8Array): SelRecord {
  const header = selRecordHeader.decode(data);
  const kind = selRecordKind(header.recordType);
  switch (kind) {
    case "event":
      return { kind, record: selEventRecord.decode(data) };
    case "oem-timestamped":
      return { kind, record: selOemTimestampedRecord.decode(data) };
    case "oem":
      return { kind, record: selOemRecord.decode(data) };
    case "reserved":
      return { kind, record: header };
  }
}
