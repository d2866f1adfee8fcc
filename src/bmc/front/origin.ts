import { Privilege } from "../../ipmi/command-table.ts";
import { Channel } from "../../ipmi/commands/app/channel.ts";

/** Where a request comes from, and what whoever sent it may do. @see IPMI 2.0 §6.3, §6.8 */
export interface Origin {
  /** The number of the channel by which it came in; never Eh, which means this one. */
  readonly channel: number;
  /** The session within which it came; undefined: within none. */
  readonly session: { readonly id: number; readonly user: number } | undefined;
  /**
   * The level at which it is carried out: of a session the least of what was asked for and what the
   * user's and the channel's limits are.
   */
  readonly privilege: Privilege;
}

/**
 * The host's own system interface: it has no sessions and no users, and no limit of theirs. Whoever
 * hands in what the host may not do gives less privilege. @see IPMI 2.0 §6.8
 */
export const FROM_SYSTEM_INTERFACE: Origin = {
  channel: Channel.SystemInterface,
  session: undefined,
  privilege: Privilege.Administrator,
};

/** Another controller on the primary IPMB, or somebody whose request was bridged there. */
export const FROM_IPMB: Origin = {
  channel: Channel.PrimaryIpmb,
  session: undefined,
  privilege: Privilege.Administrator,
};
