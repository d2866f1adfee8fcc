import { BaseboardError, ErrorExit } from "../errors.ts";

/** What can be wrong with a way to a machine's BMC, as stable codes. */
export type DeviceErrorCode =
  /** This platform has no such way, or the package for it is not there. */
  | "NOT_ON_THIS_PLATFORM"
  /** There is no such device, or nothing is behind it. */
  | "NO_DEVICE"
  /** It is there, and this user may not. */
  | "NOT_PERMITTED"
  /** Somebody else uses it. */
  | "TAKEN"
  /** A request that the device's driver does not take. */
  | "REFUSED"
  /** It took the request, and no answer came. */
  | "NO_ANSWER"
  /** It went away, or fails. */
  | "DEVICE_FAILS";

/** What is wrong with the request, rather than with the machine. */
const WRONG_INPUT: readonly DeviceErrorCode[] = ["REFUSED"];

/** A refusal of a device or of its driver: what is wrong, and in `remedy` how to put it right. */
export class DeviceError extends BaseboardError<DeviceErrorCode> {
  constructor(code: DeviceErrorCode, message: string, remedy = "") {
    const exit = WRONG_INPUT.includes(code) ? ErrorExit.WrongInput : ErrorExit.Missing;
    super(message, { code, exit, remedy });
  }
}
