import { Privilege } from "../../../ipmi/command-table.ts";
import { Channel, SessionSupport } from "../../../ipmi/commands/app/channel.ts";
import { sendMessage as layout, Tracking } from "../../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { IpmbBus } from "../../controller/ipmb-bus.ts";
import type { Channels } from "../../stores/channels.ts";

interface Needs {
  readonly channels: Channels;
  readonly ipmb: IpmbBus;
}

/**
 * From the system interface to IPMB: answered as soon as the message is on the bus. The response
 * to that message comes later, through LUN 10b and the receive message queue. From here requests
 * are not tracked, and raw sending is not supported. @see IPMI 2.0 §6.13.2, §22.7
 */
export const sendMessage = command<Needs>()({
  layout,
  handle: ({ channels, ipmb }, { channel, tracking, message }, origin) => {
    const target = channels.find(channel, origin.channel);
    if (target === undefined || tracking !== Tracking.None) return Cc.InvalidField;
    // Sessions live behind a session handle, and there is none that could be right.
    if (target.sessionSupport !== SessionSupport.SessionLess)
      return SpecificCc.InvalidSessionHandle;
    if (target.channel !== Channel.PrimaryIpmb) return Cc.InvalidField;
    // A user may send to the system software, and nowhere else.
    if (origin.privilege < Privilege.Operator) return Cc.InsufficientPrivilege;
    if (message.length === 0) return Cc.RequestLengthInvalid;
    return ipmb.send(message) ? { message: new Uint8Array() } : SpecificCc.NakOnWrite;
  },
});
