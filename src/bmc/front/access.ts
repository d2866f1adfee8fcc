import { commandInfo, Privilege } from "../../ipmi/command-table.ts";
import {
  type ChannelInfo,
  ChannelMedium,
  SessionSupport,
} from "../../ipmi/commands/app/channel.ts";
import type { Origin } from "./origin.ts";

/** What of the origin's channel decides. */
export type OriginChannel = Pick<ChannelInfo, "medium" | "sessionSupport">;

/**
 * Whether a command is carried out for whoever sent it: by the level and the kind of channel that the
 * command table gives. What is not in the table is for administrators. @see IPMI 2.0 §6.8, Appendix G
 */
export function mayAsk(
  { netFn, cmd }: { readonly netFn: number; readonly cmd: number },
  { session, privilege }: Origin,
  { medium, sessionSupport }: OriginChannel,
): boolean {
  const info = commandInfo(netFn, cmd);
  const sessionLess = sessionSupport === SessionSupport.SessionLess;
  const level = info?.privilege ?? Privilege.Administrator;
  switch (info?.reach) {
    case "before-session":
      return privilege >= level;
    case "any":
    case undefined:
      return (sessionLess || session !== undefined) && privilege >= level;
    case "system-interface":
      return medium === ChannelMedium.SystemInterface;
    case "local":
      return sessionLess;
    case "from-bmc":
      return false;
  }
}
