/** What an interface machine's step says of its next. Integers: it is returned at every step. */
export const Pace = {
  /** There is more to do at once. */
  Again: 0,
  /** The BMC has to act first: come back at an interrupt, after a short while, or at `wakeAtUs`. */
  Later: 1,
  /** Nothing is in progress. */
  Idle: 2,
  /** Nothing is in progress, and the BMC asks for attention (SMS_ATN). */
  Attention: 3,
  /** The transaction is complete: fetch `response`. */
  Done: 4,
  /** The transaction was given up: fetch `failure`. */
  Failed: 5,
} as const;
export type Pace = (typeof Pace)[keyof typeof Pace];

/** Why a machine does not take a request. */
export const Refusal = { Busy: 1, TooShort: 2, TooLong: 3 } as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/**
 * One interface protocol's host side. It owns no timer, no promise and no I/O but its port, so
 * the same object runs from timers, in virtual time, and polled to completion in a panic.
 */
export interface InterfaceMachine {
  /** Takes a whole request (NetFn/LUN, Cmd, data); undefined when taken. */
  begin(request: Uint8Array, nowUs: number): Refusal | undefined;
  /** Makes a bounded number of register accesses. `nowUs` is absolute. */
  step(nowUs: number): Pace;
  /** When the running wait ends by itself; Infinity when nothing waits. */
  wakeAtUs(): number;
  /** After `Done`: the whole response (NetFn/LUN, Cmd, CC, data), valid until the next `begin`. */
  response(): Uint8Array;
  /** Whether anything answers at the port at all (all ones: nobody). */
  detect(): boolean;
  /** Drops whatever runs; the next `begin` starts from the BMC's present state. */
  reset(): void;
}
