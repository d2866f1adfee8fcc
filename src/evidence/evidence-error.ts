import { BaseboardError } from "../errors.ts";

export type EvidenceErrorCode =
  /** No line of it is of a format that can be read. */
  | "UNKNOWN_FORMAT"
  /** It is of a format, and nothing in it tells of IPMI. */
  | "NO_IPMI"
  /** There may be a hole anywhere in it. */
  | "HOLES"
  /** Which interface was spoken cannot be told from it. */
  | "UNKNOWN_INTERFACE"
  /** It contradicts its own format. */
  | "BROKEN_FILE"
  /** Two files of it cannot be laid together. */
  | "FACES";

/** Evidence that cannot be used, in one sentence. */
export class EvidenceError extends BaseboardError<EvidenceErrorCode> {
  constructor(code: EvidenceErrorCode, message: string) {
    super(message, { code });
  }
}
