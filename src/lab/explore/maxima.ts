import type { TraceEvent } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";

/** The most that was seen, to be held against the bounds that the stack states. */
export interface Maxima {
  /** From the acceptance of a request to its answer, in µs. */
  readonly answerUs: number;
  /** Register accesses in one run of the interface code. */
  readonly runAccesses: number;
  /** From the host's panic to its last word, in µs. */
  readonly panicUs: number;
}

export const NO_MAXIMA: Maxima = { answerUs: 0, runAccesses: 0, panicUs: 0 };

export function most(a: Maxima, b: Maxima): Maxima {
  return {
    answerUs: Math.max(a.answerUs, b.answerUs),
    runAccesses: Math.max(a.runAccesses, b.runAccesses),
    panicUs: Math.max(a.panicUs, b.panicUs),
  };
}

/** Takes the measures of one run from its trace. */
export class Measures implements TraceSink {
  readonly #acceptedUs = new Map<number, number>();
  #answerUs = 0;
  #accesses = 0;
  #runAccesses = 0;
  #panicFromUs = 0;
  #panicUs = 0;

  event(event: TraceEvent): void {
    switch (event.e) {
      case "host.read":
      case "host.write":
        this.#accesses++;
        break;
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
        if (event.what === "panic") this.#panicFromUs = event.t;
        if (event.what === "panic-end") this.#panicUs = event.t - this.#panicFromUs;
        break;
      default:
        break;
    }
  }

  get maxima(): Maxima {
    return { answerUs: this.#answerUs, runAccesses: this.#runAccesses, panicUs: this.#panicUs };
  }

  #answered(id: number, us: number): void {
    const acceptedUs = this.#acceptedUs.get(id);
    this.#acceptedUs.delete(id);
    if (acceptedUs !== undefined) this.#answerUs = Math.max(this.#answerUs, us - acceptedUs);
  }
}
