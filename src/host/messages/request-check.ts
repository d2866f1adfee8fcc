import { NetFn } from "../../ipmi/command-table.ts";
import {
  getMessage,
  readEventMessageBuffer,
  sendMessage,
} from "../../ipmi/commands/app/messaging.ts";
import { MESSAGE_MAX } from "../interfaces/machine.ts";
import { IPMB_RETRIES_MAX, IPMB_RETRY_TIME_MS_MAX } from "../options.ts";
import type { RefusalCode } from "./codes.ts";
import type { RequestSpec } from "./request.ts";

/** NetFn/LUN and Cmd. */
const LOCAL_OVERHEAD_BYTES = 2;
/** The same for Send Message, its channel, both checksums, addresses and the inner command. */
const IPMB_OVERHEAD_BYTES = 10;

/** Why a request is not one, whatever the state of the stack; undefined when it is. */
export function refusalOf(spec: RequestSpec): RefusalCode | undefined {
  if (!within(spec.netFn, 0x3f) || spec.netFn % 2 !== 0 || !within(spec.cmd, 0xff)) {
    return "INVALID_REQUEST";
  }
  if (!within(spec.lun ?? 0, 3)) return "INVALID_REQUEST";
  if (!within(spec.retries ?? 0, IPMB_RETRIES_MAX)) return "INVALID_REQUEST";
  if (!within(spec.retryTimeMs ?? 0, IPMB_RETRY_TIME_MS_MAX)) return "INVALID_REQUEST";
  const bytes = spec.data?.length ?? 0;
  const { address } = spec;
  switch (address?.kind) {
    case "lan":
      return "ADDRESS_NOT_SUPPORTED";
    case "ipmb":
      if (!within(address.address, 0xff) || !within(address.lun ?? 0, 3)) return "INVALID_REQUEST";
      return tooLong(bytes + IPMB_OVERHEAD_BYTES + (address.broadcast === true ? 1 : 0));
    default:
      return isReserved(spec) ? "RESERVED_COMMAND" : lengthRefusal(spec);
  }
}

/** The same for a message that the stack made itself, of a user's data. */
export function lengthRefusal(spec: RequestSpec): RefusalCode | undefined {
  return tooLong((spec.data?.length ?? 0) + LOCAL_OVERHEAD_BYTES);
}

function within(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function tooLong(bytes: number): RefusalCode | undefined {
  return bytes > MESSAGE_MAX ? "MESSAGE_TOO_LONG" : undefined;
}

/** Commands that would take away what the stack itself fetches, or mix up its sequence numbers. */
function isReserved(spec: RequestSpec): boolean {
  if (spec.netFn !== NetFn.App) return false;
  const { cmd } = spec;
  return cmd === sendMessage.cmd || cmd === getMessage.cmd || cmd === readEventMessageBuffer.cmd;
}
