import * as wire from "../../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import type { Layout } from "../../../ipmi/record.ts";
import { command } from "../../controller/command.ts";
import type { Messaging } from "../../stores/messaging.ts";

interface Needs {
  readonly messaging: Messaging;
}

/** @see IPMI 2.0 §22.1 */
export const setBmcGlobalEnables = command<Needs>()({
  layout: wire.setBmcGlobalEnables,
  handle: ({ messaging }, request) => {
    return messaging.setEnables(bitsOf(wire.globalEnables, request)) ? {} : Cc.InvalidField;
  },
});

/** @see IPMI 2.0 §22.2 */
export const getBmcGlobalEnables = command<Needs>()({
  layout: wire.getBmcGlobalEnables,
  handle: ({ messaging }) => wire.globalEnables.decode(Uint8Array.of(messaging.enables)),
});

/** @see IPMI 2.0 §22.3 */
export const clearMessageFlags = command<Needs>()({
  layout: wire.clearMessageFlags,
  handle: ({ messaging }, request) => {
    messaging.clearFlags(bitsOf(wire.messageFlags, request));
    return {};
  },
});

/** @see IPMI 2.0 §22.4 */
export const getMessageFlags = command<Needs>()({
  layout: wire.getMessageFlags,
  handle: ({ messaging }) => wire.messageFlags.decode(Uint8Array.of(messaging.flags)),
});

/** @see IPMI 2.0 §22.5 */
export const enableMessageChannelReceive = command<Needs>()({
  layout: wire.enableMessageChannelReceive,
  handle: ({ messaging }, { channel, operation }) => {
    if (!messaging.hasChannel(channel)) return Cc.InvalidField;
    if (operation > wire.ChannelReceive.Get) return Cc.InvalidField;
    if (operation !== wire.ChannelReceive.Get) {
      messaging.setReceiving(channel, operation === wire.ChannelReceive.Enable);
    }
    return { channel, enabled: messaging.isReceiving(channel) };
  },
});

/** @see IPMI 2.0 §22.6 */
export const getMessage = command<Needs>()({
  layout: wire.getMessage,
  handle: ({ messaging }) => {
    const message = messaging.takeMessage();
    if (message === undefined) return SpecificCc.MessageQueueEmpty;
    return wire.getMessage.response.decode(message);
  },
});

/** @see IPMI 2.0 §22.8 */
export const readEventMessageBuffer = command<Needs>()({
  layout: wire.readEventMessageBuffer,
  handle: ({ messaging }) => {
    const record = messaging.takeEvent();
    return record === undefined ? SpecificCc.EventBufferEmpty : { record };
  },
});

/** A byte of flags as the bits that it is on the wire. */
function bitsOf<T>(layout: Layout<T>, value: T): number {
  return layout.encode(value)[0] ?? 0;
}
