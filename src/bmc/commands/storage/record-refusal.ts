import { Cc, SpecificCc } from "../../../ipmi/completion.ts";

/** What a record store has against a request, and the completion code that says so. */
const CODES = {
  full: Cc.OutOfSpace,
  type: SpecificCc.RecordTypeNotSupported,
  length: SpecificCc.RecordLengthMismatch,
  record: Cc.NotPresent,
  offset: Cc.ParameterOutOfRange,
  count: Cc.CannotReturnBytes,
} as const;

export type RecordRefusal = keyof typeof CODES;

export function refusalCode(refusal: RecordRefusal): number {
  return CODES[refusal];
}
