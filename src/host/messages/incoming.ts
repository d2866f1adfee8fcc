import { ChannelMedium } from "../../ipmi/commands/app/channel.ts";
import {
  decodeIpmb,
  decodeQueuedIpmb,
  encodeIpmb,
  type IpmbFrame,
  ipmbResponse,
} from "../../ipmi/ipmb.ts";
import { Malformed } from "../../ipmi/message.ts";
import type { IncomingCommand } from "./users.ts";

/** What lay in the Receive Message Queue. @see IPMI 2.0 §22.6 */
export type Incoming =
  | { readonly kind: "response"; readonly channel: number; readonly frame: IpmbFrame }
  | { readonly kind: "command"; readonly command: IncomingCommand }
  /** Nothing that is known on a channel of this medium, or no well-formed one. */
  | { readonly kind: "invalid"; readonly response: boolean };

/** The bit of NetFn/LUN that tells a response. */
const RESPONSE = 0x04;

/** Takes the data of a Get Message response apart, by the medium of its channel. */
export function parseIncoming(
  data: Uint8Array,
  mediumOf: (channel: number) => number | undefined,
): Incoming {
  const channel = (data[0] ?? 0) & 0x0f;
  const response = ((data[1] ?? 0) & RESPONSE) !== 0;
  try {
    switch (mediumOf(channel)) {
      case ChannelMedium.Ipmb:
        return incoming(channel, undefined, decodeQueuedIpmb(data.subarray(1)));
      case ChannelMedium.Lan:
      case ChannelMedium.Serial:
        // Here the session handle comes first, and the leading address is there.
        return incoming(channel, data[1], decodeIpmb(data.subarray(2)));
      default:
        return { kind: "invalid", response };
    }
  } catch (error) {
    if (error instanceof Malformed) return { kind: "invalid", response };
    throw error;
  }
}

/** The message for Send Message that answers `command`; `data` begins with the completion code. */
export function responseMessage(command: IncomingCommand, data: Uint8Array): Uint8Array {
  const frame = encodeIpmb(ipmbResponse(command.frame, data));
  return command.handle === undefined ? frame : Uint8Array.of(command.handle, ...frame);
}

function incoming(channel: number, handle: number | undefined, frame: IpmbFrame): Incoming {
  if (frame.netFn % 2 !== 0) return { kind: "response", channel, frame };
  return { kind: "command", command: { what: "command", channel, handle, frame } };
}
