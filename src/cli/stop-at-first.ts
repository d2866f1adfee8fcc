import { Referee } from "../referee/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";

/** A referee of its own, which calls `stop` at the first rule that is broken. */
export class StopAtFirst implements TraceSink {
  /** The rule, when one was broken. */
  broken: string | undefined;
  readonly #referee: Referee;
  readonly #stop: () => void;

  constructor(head: TraceHead, stop: () => void) {
    this.#referee = new Referee(head);
    this.#stop = stop;
  }

  event(event: TraceEvent): void {
    if (this.broken !== undefined) return;
    this.#referee.event(event);
    this.broken = this.#referee.verdict().violations[0]?.rule;
    if (this.broken !== undefined) this.#stop();
  }
}
