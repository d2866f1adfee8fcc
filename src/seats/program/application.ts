/** What a BMC's application says of its own accord, or in answer. */
export interface Said {
  /** A response: NetFn/LUN, Cmd, completion code, data. */
  response(message: Uint8Array): void;
  /** SMS_ATN is asked for, or no longer. */
  attention(on: boolean): void;
}

/** A BMC's application outside this process. */
export interface OutsideApplication {
  /** It was started for this match; else it has had a life before, of which nobody here knows. */
  readonly fresh: boolean;
  /** Why it is there no more, in a few words for people. */
  readonly gone: Promise<string>;
  ask(request: Uint8Array): void;
  /** Ends it, or our connection to it; harmless when repeated. */
  kill(): void;
}

/** Calls it to its place; `name` is what it goes by in what people read. */
export type Summon = (name: string, said: Said) => OutsideApplication;
