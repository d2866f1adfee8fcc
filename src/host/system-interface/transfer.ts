import { commandInfo } from "../../ipmi/command-table.ts";
import type { Maker } from "../../trace/events.ts";
import { Again } from "../interfaces/machine.ts";

/** How a transfer ended: with a whole response of three bytes or more, or without one. */
export type Outcome =
  | { readonly kind: "response"; readonly message: Uint8Array; readonly tag: number }
  | TransferFailure;

export interface TransferFailure {
  readonly kind: "failure";
  readonly cc: number;
  readonly maker: Maker;
  /** Whether the BMC may have seen the message. */
  readonly sent: boolean;
  /** Whether the interface itself failed, so that nothing else will get through either. */
  readonly failed: boolean;
  /** It is not known whether the BMC is there: nothing came back, but nothing is wrong with the wire. */
  readonly doubtful?: true;
  readonly why: string;
}

/** The outcome of a transfer that was never sent. */
export function unsent(cc: number, maker: Maker, why: string): TransferFailure {
  return { kind: "failure", cc, maker, sent: false, failed: false, why };
}

/** What becomes of a command that the BMC may have taken: of an unknown one the worst is assumed. */
export function againOf(netFn: number, cmd: number): Again {
  return commandInfo(netFn, cmd)?.repeatable === true ? Again.Freely : Again.Never;
}

/**
 * Lower is sooner. `Internal` is the stack's own: it passes also while users have to wait; so does
 * `Presence`, the question whether the BMC is there at all.
 */
export const Priority = { Presence: 0, Internal: 1, High: 2, Normal: 3 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/**
 * One message's way over the wire and back. It has one owner at any time: the queue, then the
 * system interface, then the scheduler; and `finish` is called exactly once, never from within
 * the interface.
 */
export interface Transfer {
  readonly id: number;
  /** NetFn/LUN, Cmd, data. */
  readonly frame: Uint8Array;
  readonly priority: Priority;
  /** What becomes of it when the BMC may have taken it; behind a reset nothing follows by itself. */
  readonly again: Again;
  finish(outcome: Outcome): void;
}
