import * as channel from "../../../ipmi/commands/app/channel.ts";
import * as systemInterface from "../../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { Channels, SystemInterface } from "../../stores/channels.ts";

/** @see IPMI 2.0 §22.24 */
export const getChannelInfo = command<{ channels: Channels }>()({
  layout: channel.getChannelInfo,
  handle: ({ channels }, { channel }, origin) => {
    return channels.find(channel, origin.channel) ?? Cc.InvalidField;
  },
});

/** What are fields of SSIF is reserved for the others. */
const NOT_SSIF = {
  transactions: systemInterface.SsifTransactions.SinglePart,
  pecSupported: false,
} as const;

/** Only the interface that the controller has is described. @see IPMI 2.0 §22.9 */
export const getSystemInterfaceCapabilities = command<{ systemInterface: SystemInterface }>()({
  layout: systemInterface.getSystemInterfaceCapabilities,
  handle: (needs, { interfaceType }) => {
    const { type, ssif, inputBytesMax, outputBytesMax } = needs.systemInterface;
    if (interfaceType !== type) return Cc.InvalidField;
    const { Ssif } = systemInterface.SystemInterfaceType;
    const common = { version: 0, inputBytesMax };
    return type === Ssif ? { ...common, ...ssif, outputBytesMax } : { ...common, ...NOT_SSIF };
  },
});
