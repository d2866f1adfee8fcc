import { BaseboardError } from "../../errors.ts";
import { Cc } from "../../ipmi/completion.ts";

/** Completion codes that the host makes itself; the answer's maker tells them from the BMC's. */
export const LocalCc = {
  /** The interface is declared failed: nothing gets through to the BMC. */
  InterfaceFailed: 0x82,
  /** Somebody is resetting the BMC, and it is left alone. */
  Busy: Cc.NodeBusy,
  /** The message was not answered, or not even sent, in its time. */
  Timeout: Cc.Timeout,
  /** The response was longer than the interface's buffer. */
  Truncated: Cc.RequestTruncated,
  /** The request is longer than the interface, or this BMC behind it, takes. */
  TooLong: Cc.RequestLengthExceeded,
  /** An incoming command that nobody registered for. */
  Unregistered: Cc.InvalidCommand,
  /** The user or the stack went away first. */
  Cancelled: Cc.ResponseUnavailable,
  /** The response is none, or answers another question. */
  Malformed: Cc.Unspecified,
} as const;

/** Why the stack refuses a call, as stable codes; see `Refused`. */
export type RefusalCode =
  | "ADDRESS_NOT_SUPPORTED"
  | "BUSY_MAINTENANCE"
  | "CHANNEL_NOT_IPMB"
  | "INVALID_REQUEST"
  | "MESSAGE_TOO_LONG"
  | "NOT_STARTED"
  | "PANICKED"
  | "RECEIVER_TAKEN"
  | "RESERVED_COMMAND"
  | "SEQUENCE_TABLE_FULL"
  | "SHUTDOWN"
  | "TOO_MANY_MESSAGES"
  | "TOO_MANY_USERS"
  | "USER_DESTROYED"
  | "WATCHDOG_NOT_OPEN"
  | "WATCHDOG_NO_WAY_OUT"
  | "WATCHDOG_SETTING"
  | "WATCHDOG_TAKEN";

const REFUSAL_TEXT: Record<RefusalCode, string> = {
  ADDRESS_NOT_SUPPORTED: "this kind of address cannot be sent to",
  BUSY_MAINTENANCE: "the BMC is being reset; try again after the quiet time",
  CHANNEL_NOT_IPMB: "the channel is unknown or its medium is not IPMB",
  INVALID_REQUEST: "a field of the request is out of its range, or the NetFn is odd",
  MESSAGE_TOO_LONG: "the message does not fit the interface",
  NOT_STARTED: "the stack was not started",
  PANICKED: "the host panicked",
  RECEIVER_TAKEN: "another user receives this command on one of these channels",
  RESERVED_COMMAND: "the stack itself sends this command",
  SEQUENCE_TABLE_FULL: "all sequence numbers are in use",
  SHUTDOWN: "the stack was shut down",
  TOO_MANY_MESSAGES: "the user has too many requests outstanding",
  TOO_MANY_USERS: "the stack has too many users",
  USER_DESTROYED: "the user was destroyed",
  WATCHDOG_NOT_OPEN: "the watchdog was closed",
  WATCHDOG_NO_WAY_OUT: "the watchdog must not be stopped",
  WATCHDOG_SETTING: "the time-out or the pre-timeout is out of its range",
  WATCHDOG_TAKEN: "somebody else has the watchdog open",
};

/** A caller asked for what cannot be. Nothing was accepted; `code` is stable. */
export class Refused extends BaseboardError<RefusalCode> {
  constructor(code: RefusalCode) {
    // An outcome as ordinary as an answer, and as frequent: where in the stack it was made says nothing.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(REFUSAL_TEXT[code], { code });
    Error.stackTraceLimit = stackTraceLimit;
  }
}
