import type { TraceEvent } from "./events.ts";

/** Holds that numbers rise and times never fall from event to event. */
export class TraceOrder {
  private _n = -1;
  private _t = 0;

  /** The number of the last event; -1 before the first. */
  get n(): number {
    return this._n;
  }

  /** The time of the last event. */
  get t(): number {
    return this._t;
  }

  /** Takes the event in. Says what is wrong with its place; undefined when it is right. */
  take({ n, t }: TraceEvent): string | undefined {
    if (!(n > this._n)) return `event ${n} comes after event ${this._n}`;
    if (!(t >= this._t)) return `time goes back from ${this._t} to ${t} µs`;
    this._n = n;
    this._t = t;
    return undefined;
  }
}
