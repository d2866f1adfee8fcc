import { isHostAccess } from "../../trace/event-names.ts";
import type { HostLife, TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";

/** The most that was seen, to be held against the bounds that the stack states. */
export interface Maxima {
  /** From the acceptance of a request to its answer, in µs. */
  readonly answerUs: number;
  /** Register accesses in one run of the interface code. */
  readonly runAccesses: number;
  /** From the host's panic to its last word, in µs. */
  readonly panicUs: number;
  /** From the driver's removal until nobody is owed an answer any more, in µs. */
  readonly removalUs: number;
}

/** What nothing has reached yet. */
export const NO_MAXIMA: Maxima = { answerUs: 0, runAccesses: 0, panicUs: 0, removalUs: 0 };

/** The larger one of each. */
export function most(a: Maxima, b: Maxima): Maxima {
  return {
    answerUs: Math.max(a.answerUs, b.answerUs),
    runAccesses: Math.max(a.runAccesses, b.runAccesses),
    panicUs: Math.max(a.panicUs, b.panicUs),
    removalUs: Math.max(a.removalUs, b.removalUs),
  };
}

/** The run goes round in circles. */
export class Endless extends Error {}

/** Takes the measures of one run from its trace, and ends a run that does not end by itself. */
export class Measures implements TraceSink {
  /** The number of the last event. */
  lastN = -1;
  readonly #eventsMax: number;
  readonly #acceptedUs = new Map<number, number>();
  #answerUs = 0;
  #accesses = 0;
  #runAccesses = 0;
  #panicFromUs = 0;
  #panicUs = 0;
  #removedFromUs = 0;
  #removing = false;
  #removalUs = 0;

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax;
  }

  event(event: TraceEvent): void {
    this.lastN = event.n;
    if (event.n >= this.#eventsMax) throw new Endless(`more than ${this.#eventsMax} events`);
    if (isHostAccess(event)) this.#accesses++;
    switch (event.e) {
      case "run":
        if (!event.on) this.#runAccesses = Math.max(this.#runAccesses, this.#accesses);
        this.#accesses = 0;
        break;
      case "request":
        this.#acceptedUs.set(event.id, event.t);
        break;
      case "answer":
        this.#answered(event.id, event.t);
        break;
      case "host":
        this.#life(event.what, event.t);
        break;
      default:
        break;
    }
  }

  get maxima(): Maxima {
    return {
      answerUs: this.#answerUs,
      runAccesses: this.#runAccesses,
      panicUs: this.#panicUs,
      removalUs: this.#removalUs,
    };
  }

  #answered(id: number, us: number): void {
    const acceptedUs = this.#acceptedUs.get(id);
    this.#acceptedUs.delete(id);
    if (acceptedUs !== undefined) this.#answerUs = Math.max(this.#answerUs, us - acceptedUs);
    if (this.#removing) this.#removalUs = Math.max(this.#removalUs, us - this.#removedFromUs);
  }

  #life(what: HostLife["what"], us: number): void {
    if (what === "panic") this.#panicFromUs = us;
    if (what === "panic-end") this.#panicUs = us - this.#panicFromUs;
    if (what === "shutdown") this.#removedFromUs = us;
    if (what === "down") this.#removalUs = Math.max(this.#removalUs, us - this.#removedFromUs);
    // From the shutdown to the next stack's first sign of life.
    this.#removing = what === "shutdown" || (this.#removing && what === "down");
  }
}
