import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";

/** How long the workload waits for a bring-up that neither succeeds nor fails. In µs. */
export const BRING_UP_PATIENCE_US = 10_000_000;

/** Begins the workload when the stack is up, or when it is clear that it is not. */
export class WorkloadStart implements TraceSink {
  private readonly _begin: () => void;
  private _begun = false;

  constructor(begin: () => void) {
    this._begin = begin;
  }

  event(event: TraceEvent): void {
    if (event.e === "host" && (event.what === "up" || event.what === "bring-up-failed")) this.now();
  }

  now(): void {
    if (this._begun) return;
    this._begun = true;
    this._begin();
  }
}
