import { Privilege } from "../../../ipmi/command-table.ts";
import { Channel, SessionSupport } from "../../../ipmi/commands/app/channel.ts";
import { sendMessage as layout, Tracking } from "../../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { type IpmbFrame, ipmbFrameIn, ipmbResponse } from "../../../ipmi/ipmb.ts";
import { command } from "../../controller/command.ts";
import type { IpmbBus } from "../../controller/ipmb-bus.ts";
import type { Origin } from "../../front/origin.ts";
import type { IpmbController } from "../../ipmb/controller.ts";
import type { Channels } from "../../stores/channels.ts";

interface Needs {
  readonly channels: Channels;
  readonly ipmb: IpmbBus;
  readonly onIpmb: IpmbController;
  readonly relay: (response: IpmbFrame, to: Origin) => void;
}

/**
 * To IPMB: answered as soon as the message is on the bus. From the system interface requests are not tracked,
 * and their responses come later through LUN 10b and the receive message queue; from any other channel they may be. Raw
 * sending is not supported. @see IPMI 2.0 §6.13, §22.7
 */
export const sendMessage = command<Needs>()({
  layout,
  handle: (needs, { channel, tracking, message }, origin) => {
    const target = needs.channels.find(channel, origin.channel);
    if (target === undefined || !mayTrack(tracking, origin)) return Cc.InvalidField;
    // Sessions live behind a session handle, and there is none that could be right.
    if (target.sessionSupport !== SessionSupport.SessionLess)
      return SpecificCc.InvalidSessionHandle;
    if (target.channel !== Channel.PrimaryIpmb) return Cc.InvalidField;
    // A user may send to the system software, and nowhere else.
    if (origin.privilege < Privilege.Operator) return Cc.InsufficientPrivilege;
    if (message.length === 0) return Cc.RequestLengthInvalid;
    if (tracking === Tracking.Track) return track(needs, message, origin);
    const { ipmb } = needs;
    return ipmb.send(message) ? { message: new Uint8Array() } : SpecificCc.NakOnWrite;
  },
});

const NOTHING_YET = new Uint8Array();

/** The system software tracks its requests itself, by the queue. @see IPMI 2.0 §6.13.2 */
function mayTrack(tracking: number, { channel }: Origin): boolean {
  if (tracking === Tracking.Track) return channel !== Channel.SystemInterface;
  return tracking === Tracking.None;
}

/**
 * The BMC asks in its own name, with a sequence number of its own, and gives the response the requester's names
 * back. Whom nobody answers is not told. @see IPMI 2.0 §6.13.3
 */
function track({ onIpmb, relay }: Needs, message: Uint8Array, origin: Origin) {
  const asked = requestFrom(message);
  if (asked === undefined) return Cc.InvalidField;
  const outcome = onIpmb.requester.request(asked, (response) => {
    if (response !== undefined) relay(ipmbResponse(asked, response.data), origin);
  });
  if (outcome === "refused") return SpecificCc.NakOnWrite;
  return outcome === "full" ? Cc.NodeBusy : { message: NOTHING_YET };
}

/** What cannot be read cannot be tracked. */
function requestFrom(message: Uint8Array): IpmbFrame | undefined {
  const frame = ipmbFrameIn(message);
  return frame !== undefined && frame.netFn % 2 === 0 ? frame : undefined;
}
