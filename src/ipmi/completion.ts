/** Generic completion codes. @see IPMI 2.0 §5.2, Table 5-2 */
export const Cc = {
  Ok: 0x00,
  NodeBusy: 0xc0,
  InvalidCommand: 0xc1,
  InvalidForLun: 0xc2,
  Timeout: 0xc3,
  OutOfSpace: 0xc4,
  ReservationCanceled: 0xc5,
  RequestTruncated: 0xc6,
  RequestLengthInvalid: 0xc7,
  RequestLengthExceeded: 0xc8,
  ParameterOutOfRange: 0xc9,
  CannotReturnBytes: 0xca,
  NotPresent: 0xcb,
  InvalidField: 0xcc,
  IllegalForType: 0xcd,
  ResponseUnavailable: 0xce,
  DuplicatedRequest: 0xcf,
  SdrRepositoryInUpdate: 0xd0,
  FirmwareUpdate: 0xd1,
  InitializationInProgress: 0xd2,
  DestinationUnavailable: 0xd3,
  InsufficientPrivilege: 0xd4,
  NotSupportedInState: 0xd5,
  SubFunctionDisabled: 0xd6,
  Unspecified: 0xff,
} as const;

/** Command-specific codes that our own code makes or understands; the command gives the meaning. */
export const SpecificCc = {
  /** Reset Watchdog Timer: the timer was never initialised. @see IPMI 2.0 §27.5 */
  WatchdogUninitialized: 0x80,
  /** Get Message: the Receive Message Queue is empty. @see IPMI 2.0 §22.6 */
  MessageQueueEmpty: 0x80,
  /** Read Event Message Buffer: the buffer is empty. @see IPMI 2.0 §22.8 */
  EventBufferEmpty: 0x80,
  /** Send Message: the session handle is invalid. @see IPMI 2.0 §22.7 */
  InvalidSessionHandle: 0x80,
  /** Send Message on IPMB. @see IPMI 2.0 §22.7 */
  LostArbitration: 0x81,
  BusError: 0x82,
  NakOnWrite: 0x83,
  /** Set/Get System Boot Options and other parameter commands. @see IPMI 2.0 §28.12, §28.13 */
  ParameterNotSupported: 0x80,
  SetInProgress: 0x81,
  ReadOnlyParameter: 0x82,
  /** Write FRU Data. @see IPMI 2.0 §34.3 */
  FruWriteProtected: 0x80,
  /** Read and Write FRU Data. @see IPMI 2.0 §34.2 */
  FruBusy: 0x81,
  /** Add and Delete SEL Entry. @see IPMI 2.0 §31.6, §31.8 */
  RecordTypeNotSupported: 0x80,
  /** Every SEL command but Clear. @see IPMI 2.0 §31 */
  EraseInProgress: 0x81,
  /** Partial Add SEL Entry and Partial Add SDR. @see IPMI 2.0 §31.7, §33.14 */
  RecordLengthMismatch: 0x80,
} as const;

/** Who gives a code its meaning. @see IPMI 2.0 §5.2, Table 5-2 */
export type CompletionRange = "generic" | "oem" | "command-specific" | "reserved";

/** The range that a completion code is in. @see IPMI 2.0 Table 5-2 */
export function completionRange(cc: number): CompletionRange {
  if (genericTexts.has(cc)) return "generic";
  if (cc >= 0x01 && cc <= 0x7e) return "oem";
  if (cc >= 0x80 && cc <= 0xbe) return "command-specific";
  return "reserved";
}

/** What a completion code says, as far as the command (even NetFn or odd) makes it known. */
export function completionText(cc: number, netFn?: number, cmd?: number): string {
  const generic = genericTexts.get(cc);
  if (generic !== undefined) return generic;
  switch (completionRange(cc)) {
    case "command-specific":
      return specificText(cc, netFn, cmd) ?? "command-specific completion code";
    case "oem":
      return "device-specific (OEM) completion code";
    default:
      return "reserved completion code";
  }
}

function specificText(cc: number, netFn?: number, cmd?: number): string | undefined {
  if (netFn === undefined || cmd === undefined) return undefined;
  return specificTexts.get(((netFn & 0x3e) << 8) | cmd)?.get(cc);
}

const genericTexts: ReadonlyMap<number, string> = new Map<number, string>([
  [Cc.Ok, "command completed normally"],
  [Cc.NodeBusy, "node busy"],
  [Cc.InvalidCommand, "invalid command"],
  [Cc.InvalidForLun, "command invalid for given LUN"],
  [Cc.Timeout, "timeout while processing command"],
  [Cc.OutOfSpace, "out of space"],
  [Cc.ReservationCanceled, "reservation canceled or invalid reservation ID"],
  [Cc.RequestTruncated, "request data truncated"],
  [Cc.RequestLengthInvalid, "request data length invalid"],
  [Cc.RequestLengthExceeded, "request data field length limit exceeded"],
  [Cc.ParameterOutOfRange, "parameter out of range"],
  [Cc.CannotReturnBytes, "cannot return number of requested data bytes"],
  [Cc.NotPresent, "requested sensor, data or record not present"],
  [Cc.InvalidField, "invalid data field in request"],
  [Cc.IllegalForType, "command illegal for specified sensor or record type"],
  [Cc.ResponseUnavailable, "command response could not be provided"],
  [Cc.DuplicatedRequest, "cannot execute duplicated request"],
  [Cc.SdrRepositoryInUpdate, "SDR repository in update mode"],
  [Cc.FirmwareUpdate, "device in firmware update mode"],
  [Cc.InitializationInProgress, "BMC initialization or initialization agent in progress"],
  [Cc.DestinationUnavailable, "destination unavailable"],
  [Cc.InsufficientPrivilege, "insufficient privilege level or other security restriction"],
  [Cc.NotSupportedInState, "command or parameter not supported in present state"],
  [Cc.SubFunctionDisabled, "command sub-function disabled or unavailable"],
  [Cc.Unspecified, "unspecified error"],
]);

type Texts = readonly (readonly [cc: number, text: string])[];

const BUS_WRITE: Texts = [
  [0x81, "lost arbitration"],
  [0x82, "bus error"],
  [0x83, "NAK on write"],
];
const PARAMETERS: Texts = [
  [0x80, "parameter not supported"],
  [0x81, "set in progress is already set by another party"],
  [0x82, "attempt to write a read-only parameter"],
];
const READ_PARAMETERS: Texts = [[0x80, "parameter not supported"]];
const SEL_ERASE: Texts = [[0x81, "cannot execute command, SEL erase in progress"]];
const SEL_TYPE: Texts = [[0x80, "operation not supported for this record type"]];
const SEL_LENGTH: Texts = [
  [0x80, "record rejected, its length does not match the length in its header"],
];
const FRU_BUSY: Texts = [[0x81, "FRU device busy"]];

/** Keyed by NetFn << 8 | Cmd. */
const specificTexts: ReadonlyMap<number, ReadonlyMap<number, string>> = new Map(
  (
    [
      [0x0008, PARAMETERS],
      [0x0009, READ_PARAMETERS],
      [0x0412, PARAMETERS],
      [0x0413, READ_PARAMETERS],
      [0x0414, SEL_ERASE],
      [0x0415, SEL_ERASE],
      [0x0421, [[0x80, "record changed"]]],
      [0x0622, [[0x80, "attempt to start an uninitialized watchdog"]]],
      [0x0633, [[0x80, "data not available, the queue is empty"]]],
      [0x0634, [[0x80, "invalid session handle"], ...BUS_WRITE]],
      [0x0635, [[0x80, "data not available, the queue or buffer is empty"]]],
      [0x0652, [...BUS_WRITE, [0x84, "truncated read"]]],
      [0x0658, PARAMETERS],
      [0x0659, READ_PARAMETERS],
      [0x0a11, FRU_BUSY],
      [0x0a12, [[0x80, "write-protected offset"], ...FRU_BUSY]],
      [0x0a25, SEL_LENGTH],
      [0x0a40, SEL_ERASE],
      [0x0a41, SEL_ERASE],
      [0x0a42, SEL_ERASE],
      [0x0a43, SEL_ERASE],
      [0x0a44, [...SEL_TYPE, ...SEL_ERASE]],
      [0x0a45, [...SEL_LENGTH, ...SEL_ERASE]],
      [0x0a46, [...SEL_TYPE, ...SEL_ERASE]],
      [0x0c01, PARAMETERS],
      [0x0c02, READ_PARAMETERS],
    ] satisfies [number, Texts][]
  ).map(([key, texts]) => [key, new Map(texts)]),
);
