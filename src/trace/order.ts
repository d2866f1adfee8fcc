import type { TraceEvent } from "./events.ts";

/** Holds that numbers rise and times never fall from event to event. */
export class TraceOrder {
  #n = -1;
  #t = 0;

  /** The number of the last event; -1 before the first. */
  get n(): number {
    return this.#n;
  }

  /** The time of the last event. */
  get t(): number {
    return this.#t;
  }

  /** Takes the event in. Says what is wrong with its place; undefined when it is right. */
  take({ n, t }: TraceEvent): string | undefined {
    if (!(n > this.#n)) return `event ${n} comes after event ${this.#n}`;
    if (!(t >= this.#t)) return `time goes back from ${this.#t} to ${t} µs`;
    this.#n = n;
    this.#t = t;
    return undefined;
  }
}
