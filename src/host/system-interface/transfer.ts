import type { Maker } from "../../trace/events.ts";

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
  readonly why: string;
}

/** The outcome of a transfer that was never sent. */
export function unsent(cc: number, maker: Maker, why: string): TransferFailure {
  return { kind: "failure", cc, maker, sent: false, failed: false, why };
}

/** Lower is sooner. `Internal` is the stack's own: it passes also while users have to wait. */
export const Priority = { Internal: 0, High: 1, Normal: 2 } as const;
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
  /** It must not be sent again when its answer stays away, and nothing follows it by itself. */
  readonly sendOnce: boolean;
  finish(outcome: Outcome): void;
}
