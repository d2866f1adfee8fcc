import { MessageFlag } from "../../ipmi/commands/app/messaging.ts";

/** How many messages, and how many events, one round takes before others get their turn. */
const FETCHES_PER_ROUND = 10;

/** What a round asks of the BMC next. */
export const Fetch = { Nothing: 0, Pretimeout: 1, Message: 2, Event: 3 } as const;
export type Fetch = (typeof Fetch)[keyof typeof Fetch];

/** Causes that the controller's maker defines. */
export const OEM_FLAGS = MessageFlag.Oem0 | MessageFlag.Oem1 | MessageFlag.Oem2;

/**
 * What is left to do of one Get Message Flags: first the pre-timeout, then messages, then events.
 * The BMC's word is not taken for when to stop: a flag that stays set and a buffer
 * that never empties end with the round. @see IPMI 2.0 §22.4
 */
export class FlagRound {
  private _flags = 0;
  private _messages = 0;
  private _events = 0;
  private _capped = false;

  /** Begins with the flags that the BMC gave. */
  begin(flags: number): void {
    this._flags = flags;
    this._messages = 0;
    this._events = 0;
    this._capped = false;
  }

  next(): Fetch {
    if ((this._flags & MessageFlag.WatchdogPretimeout) !== 0) return Fetch.Pretimeout;
    if ((this._flags & MessageFlag.ReceiveMessageAvailable) !== 0) return Fetch.Message;
    if ((this._flags & MessageFlag.EventMessageBufferFull) !== 0) return Fetch.Event;
    return Fetch.Nothing;
  }

  /** The BMC gave what `fetch` asked for; there may be more of it. */
  fetched(fetch: typeof Fetch.Message | typeof Fetch.Event): void {
    const count = fetch === Fetch.Message ? ++this._messages : ++this._events;
    if (count < FETCHES_PER_ROUND) return;
    this._capped = true;
    this.ended(fetch);
  }

  /** There is no more of `fetch` in this round, whatever the flag says. */
  ended(fetch: Fetch): void {
    this._flags &= ~FLAGS_OF[fetch];
  }

  /** Whether the round ended though there was more to fetch. */
  get capped(): boolean {
    return this._capped;
  }

  /** Whether the BMC's attention was of use, and is spent: else it is likely stuck. */
  get settled(): boolean {
    return this._messages + this._events > 0 && !this._capped;
  }
}

const FLAGS_OF: Record<Fetch, number> = {
  [Fetch.Nothing]: 0,
  [Fetch.Pretimeout]: MessageFlag.WatchdogPretimeout,
  [Fetch.Message]: MessageFlag.ReceiveMessageAvailable,
  [Fetch.Event]: MessageFlag.EventMessageBufferFull,
};
