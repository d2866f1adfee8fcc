import { sendMessage, Tracking } from "../../ipmi/commands/app/messaging.ts";
import { responseMessage } from "./incoming.ts";
import type { IncomingCommand } from "./users.ts";

/** Send Message without tracking: the host has its own sequence numbers. @see IPMI 2.0 §22.7 */
export function sendMessageOn(channel: number, message: Uint8Array) {
  const { netFn, cmd, request } = sendMessage;
  const tracking = Tracking.None;
  const data = request.encode({
    channel,
    authenticated: false,
    encrypted: false,
    tracking,
    message,
  });
  return { netFn, cmd, data };
}

/** Takes the response to an incoming command where that came from. */
export function responseOn(command: IncomingCommand, data: Uint8Array) {
  return sendMessageOn(command.channel, responseMessage(command, data));
}
