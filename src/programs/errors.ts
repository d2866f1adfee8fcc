import { BaseboardError, ErrorExit } from "../errors.ts";

/** What can be wrong with the machine that a guest shall run on, as stable codes. */
export type SeatErrorCode =
  | "QEMU_MISSING"
  | "QEMU_UNSUITABLE"
  | "QEMU_FAILED"
  | "QEMU_HANGS"
  | "APT_MISSING"
  | "APT_FAILED"
  | "MIRROR_UNKNOWN"
  | "TOOL_MISSING"
  | "TOOL_FAILED"
  | "BAD_KERNEL_SPEC"
  | "NO_SUCH_KERNEL"
  | "KERNEL_EXISTS"
  | "KERNEL_AMBIGUOUS"
  | "BAD_MODULE"
  | "KERNEL_WITHOUT_IPMI"
  | "KERNEL_NOT_X86_64"
  | "KERNEL_UNREADABLE"
  | "GUEST_FAILED"
  | "INTERRUPTED";

/** What is wrong with what was asked for, rather than with the machine. */
const WRONG_INPUT = new Set<SeatErrorCode>(["BAD_KERNEL_SPEC", "KERNEL_AMBIGUOUS", "BAD_MODULE"]);

/** A refusal of this seat: what is wrong, and in `remedy` how to put it right. */
export class SeatError extends BaseboardError<SeatErrorCode> {
  constructor(code: SeatErrorCode, message: string, remedy = "") {
    const exit = WRONG_INPUT.has(code) ? ErrorExit.WrongInput : ErrorExit.Missing;
    super(message, { code, exit, remedy });
  }
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
