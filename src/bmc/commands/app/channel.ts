import * as channel from "../../../ipmi/commands/app/channel.ts";
import * as systemInterface from "../../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { Channels, SystemInterface } from "../../stores/channels.ts";

/** @see IPMI 2.0 §22.24 */
export const getChannelInfo = command<{ channels: Channels }>()({
  layout: channel.getChannelInfo,
  handle: ({ channels }, request) => channels.find(request.channel) ?? Cc.InvalidField,
});

/** Only the interface that the controller has is described. @see IPMI 2.0 §22.9 */
export const getSystemInterfaceCapabilities = command<{ systemInterface: SystemInterface }>()({
  layout: systemInterface.getSystemInterfaceCapabilities,
  handle: (needs, { interfaceType }) => {
    const { type, inputBytesMax, outputBytesMax } = needs.systemInterface;
    if (interfaceType !== type) return Cc.InvalidField;
    const { Ssif } = systemInterface.SystemInterfaceType;
    const { SinglePart, StartMiddleAndEnd } = systemInterface.SsifTransactions;
    const common = { version: 0, pecSupported: false, inputBytesMax };
    return type === Ssif
      ? { ...common, transactions: StartMiddleAndEnd, outputBytesMax }
      : { ...common, transactions: SinglePart };
  },
});
