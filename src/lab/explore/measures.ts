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
  private readonly _eventsMax: number;
  private readonly _acceptedUs = new Map<number, number>();
  private _answerUs = 0;
  private _accesses = 0;
  private _runAccesses = 0;
  private _panicFromUs = 0;
  private _panicUs = 0;
  private _removedFromUs = 0;
  private _removing = false;
  private _removalUs = 0;

  constructor(eventsMax: number) {
    this._eventsMax = eventsMax;
  }

  event(event: TraceEvent): void {
    this.lastN = event.n;
    if (event.n >= this._eventsMax) throw new Endless(`more than ${this._eventsMax} events`);
    if (isHostAccess(event)) this._accesses++;
    switch (event.e) {
      case "run":
        if (!event.on) this._runAccesses = Math.max(this._runAccesses, this._accesses);
        this._accesses = 0;
        break;
      case "request":
        this._acceptedUs.set(event.id, event.t);
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
      answerUs: this._answerUs,
      runAccesses: this._runAccesses,
      panicUs: this._panicUs,
      removalUs: this._removalUs,
    };
  }

  #answered(id: number, us: number): void {
    const acceptedUs = this._acceptedUs.get(id);
    this._acceptedUs.delete(id);
    if (acceptedUs !== undefined) this._answerUs = Math.max(this._answerUs, us - acceptedUs);
    if (this._removing) this._removalUs = Math.max(this._removalUs, us - this._removedFromUs);
  }

  #life(what: HostLife["what"], us: number): void {
    if (what === "panic") this._panicFromUs = us;
    if (what === "panic-end") this._panicUs = us - this._panicFromUs;
    if (what === "shutdown") this._removedFromUs = us;
    if (what === "down") this._removalUs = Math.max(this._removalUs, us - this._removedFromUs);
    // From the shutdown to the next stack's first sign of life.
    this._removing = what === "shutdown" || (this._removing && what === "down");
  }
}
