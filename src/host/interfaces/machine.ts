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
  /** The BMC is left alone on purpose: come back at `wakeAtUs`, earlier is of no use. */
  Rest: 6,
} as const;
export type Pace = (typeof Pace)[keyof typeof Pace];

/** What becomes of a request that the BMC may have taken, and did not answer. */
export const Again = {
  /** It is sent again: twice does the same as once. */
  Freely: 0,
  /** It is not sent again; the interface is brought back for those who come next. */
  Never: 1,
  /** The same, and the BMC is left alone: it is resetting. */
  Reset: 2,
} as const;
export type Again = (typeof Again)[keyof typeof Again];

/** Why a machine does not take a request. */
export const Refusal = { Busy: 1, TooShort: 2, TooLong: 3 } as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** Why a machine gave a transaction up, or had to recover. */
export const Failure = {
  None: 0,
  /** The BMC did not take a byte in time. */
  InputStuck: 1,
  /** The BMC did not give a byte in time. */
  NoOutput: 2,
  /** The BMC was not ready for a transfer when one began. */
  NotReady: 3,
  /** The BMC left the phase of the transfer that runs. */
  WrongPhase: 4,
  /** The BMC's response did not end. */
  Endless: 5,
  /** The interface's own error recovery did not bring the BMC back. */
  NotRecovered: 6,
  /** The whole transaction took too long. */
  OutOfTime: 7,
  /** The BMC takes no request of this length. */
  TooLong: 8,
  /** The BMC's response was broken in transfer, or answers another request. */
  Broken: 9,
  /** The BMC took the request and did not answer it; the interface works. */
  Unanswered: 10,
  /** Others had the bus, whenever it was wanted. */
  Contended: 11,
} as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

const FAILURE_TEXT: Record<Failure, string> = {
  [Failure.None]: "nothing failed",
  [Failure.InputStuck]: "the BMC did not take a byte in time",
  [Failure.NoOutput]: "the BMC did not give a byte in time",
  [Failure.NotReady]: "the BMC was not ready for a transfer",
  [Failure.WrongPhase]: "the BMC left the phase of the transfer",
  [Failure.Endless]: "the BMC's response did not end",
  [Failure.NotRecovered]: "error recovery did not bring the BMC back",
  [Failure.OutOfTime]: "the transaction took too long as a whole",
  [Failure.Broken]: "the BMC's response was broken in transfer, or another's",
  [Failure.Unanswered]: "the BMC took the request and did not answer it",
  [Failure.Contended]: "another master had the bus whenever it was wanted",
  [Failure.TooLong]: "the BMC takes no request of this length",
};

/** A failure as half a sentence, for a person. */
export function failureText(failure: Failure): string {
  return FAILURE_TEXT[failure];
}

/** The longest message that the stack carries either way, as Linux has it. */
export const MESSAGE_MAX = 272;

/** A command of NetFn App that an interface wants answered before all else. */
export interface Greeting {
  readonly cmd: number;
  readonly data: Uint8Array;
}

/**
 * One interface protocol's host side. It owns no timer, no promise and no I/O but its port, so
 * the same object runs from timers, in virtual time, and polled to completion in a panic.
 */
export interface InterfaceMachine {
  /** No interrupt says that the response is there: the host has to look for it. */
  readonly looksForOutput?: true;
  /**
   * Takes a whole request (NetFn/LUN, Cmd, data); undefined when taken. `again` says what becomes of
   * it when it fails after the BMC may have taken it; `Freely` when left out. `id` names the
   * transaction, for a machine that carries several.
   */
  begin(request: Uint8Array, nowUs: number, again?: Again, id?: number): Refusal | undefined;
  /** Makes a bounded number of register accesses. `nowUs` is absolute. */
  step(nowUs: number): Pace;
  /** When the running wait ends by itself; Infinity when nothing waits. */
  wakeAtUs(): number;
  /** After `Done`: the whole response (NetFn/LUN, Cmd, CC, data), valid until the next `begin`. */
  response(): Uint8Array;
  /** After `Done`: the response was longer than the machine's buffer and its end is lost. */
  truncated(): boolean;
  /** Why the last transaction failed, or last had to recover. */
  failure(): Failure;
  /** The number of error recoveries since the machine was made. */
  recoveries(): number;
  /** Whether anything answers at the port at all (all ones: nobody). */
  detect(): boolean;
  /** What the interface has to know of its BMC before all else; undefined: nothing. */
  greeting(): Greeting | undefined;
  /** The data after the greeting's completion code 00h; undefined when it was not answered so. */
  greeted(data: Uint8Array | undefined): void;
  /** Drops whatever runs; the next `begin` starts from the BMC's present state. */
  reset(): void;
  /** What an interface has that carries several transactions at a time. */
  readonly overlap?: Overlap;
  /** What an interface has whose attention and interrupt the host itself takes back. */
  readonly signals?: Signals;
}

/** Several transactions under way. */
export interface Overlap {
  /** Whether `begin` takes another one. */
  ready(): boolean;
  /** Whose request is being sent, or was sent last: an `id` given to `begin`. */
  sending(): number;
  /** Whose transaction the last Done or Failed ended. */
  ended(): number;
}

/** Attention and interrupt as latches that the host clears. */
export interface Signals {
  /** Whether the BMC asked for attention when it was looked at last. */
  attention(): boolean;
  /** The next request looks into what the attention announced: it is taken back first. */
  takeAttention(): void;
  /** Whether the interface may interrupt. */
  setInterrupts(enabled: boolean): void;
  /** It interrupted: that is taken back before anything else is looked at. */
  interrupted(): void;
  /** The driver goes, and nobody will be there to take an interrupt back. */
  withdraw(): void;
}
