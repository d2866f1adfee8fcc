import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";

/** How long the workload waits for a bring-up that neither succeeds nor fails. In µs. */
export const BRING_UP_PATIENCE_US = 10_000_000;

/** Begins the workload when the stack is up, or when it is clear that it is not. */
export class WorkloadStart implements TraceSink {
  readonly #begin: () => void;
  #begun = false;

  constructor(begin: () => void) {
    this.#begin = begin;
  }

  event(event: TraceEvent): void {
    if (event.e === "host" && (event.what === "up" || event.what === "bring-up-failed")) this.now();
  }

  now(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#begin();
  }
}
