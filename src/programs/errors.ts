/** What can be wrong with the machine that a guest shall run on, as stable codes. */
export type SeatErrorCode =
  | "QEMU_MISSING"
  | "QEMU_UNSUITABLE"
  | "QEMU_FAILED"
  | "APT_MISSING"
  | "APT_FAILED"
  | "MIRROR_UNKNOWN"
  | "TOOL_MISSING"
  | "TOOL_FAILED"
  | "BAD_KERNEL_SPEC"
  | "NO_SUCH_KERNEL"
  | "KERNEL_EXISTS"
  | "KERNEL_WITHOUT_IPMI"
  | "KERNEL_NOT_X86_64"
  | "KERNEL_UNREADABLE"
  | "INTERRUPTED";

/** A refusal of this seat: what is wrong, and in `remedy` how to put it right. */
export class SeatError extends Error {
  readonly code: SeatErrorCode;
  readonly remedy: string;

  constructor(code: SeatErrorCode, message: string, remedy = "") {
    super(message);
    this.name = "SeatError";
    this.code = code;
    this.remedy = remedy;
  }
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
