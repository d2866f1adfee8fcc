import { type Ladder, Ladders } from "../../src/explain/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { TraceHead } from "../../src/trace/head.ts";

interface Of {
  readonly head: TraceHead;
  readonly length: number;
  readonly unmasked: boolean;
  readonly eventAt: (at: number) => TraceEvent | undefined;
}

/** Follows a trace to where the ladder round one event is whole, in turns as long as its caller likes. */
export class LadderDrawing {
  readonly #n: number;
  readonly #of: Of;
  readonly #ladders: Ladders;
  #next = 0;

  constructor(n: number, of: Of) {
    this.#n = n;
    this.#of = of;
    this.#ladders = new Ladders(of.head, { at: [n], unmasked: of.unmasked, judges: false });
  }

  /** Follows so many events more; whether more are needed. */
  step(events: number): boolean {
    const until = Math.min(this.#of.length, this.#next + events);
    for (; this.#next < until && !this.#ladders.isWhole(this.#n); this.#next++) {
      const event = this.#of.eventAt(this.#next);
      if (event !== undefined) this.#ladders.event(event);
    }
    return this.#next < this.#of.length && !this.#ladders.isWhole(this.#n);
  }

  /** As far as it is drawn. */
  get ladder(): Ladder | undefined {
    return this.#ladders.ladders.get(this.#n);
  }
}
