import type { Scheduler, Task } from "../../time/scheduler.ts";

/** Most hosts take a byte within microseconds: so soon it is looked at first. */
const FIRST_LOOK_US = 10;
/** A host that takes its time is looked at less and less often, but not less often than this. */
const LAST_LOOK_US = 10_000;

/**
 * Stands in for the interrupt that a chip lacks: says when the host has taken the byte in the output
 * register. Looks again after waits that double, so that a quick host is noticed at once, and one
 * that never comes costs a register access every 10 ms.
 */
export class OutputWatch {
  private readonly _scheduler: Scheduler;
  private readonly _full: () => boolean;
  private _task: Task | undefined;

  /** `full`: the byte is still there. */
  constructor(scheduler: Scheduler, full: () => boolean) {
    this._scheduler = scheduler;
    this._full = full;
  }

  /** Calls `taken` once, and never within this call. In place of what was waited for before. */
  start(taken: () => void): void {
    this.cancel();
    this.#look(FIRST_LOOK_US, taken);
  }

  cancel(): void {
    this._task?.cancel();
    this._task = undefined;
  }

  #look(afterUs: number, taken: () => void): void {
    const us = this._scheduler.now() + afterUs;
    this._task = this._scheduler.at(us, "output watch", () => {
      this._task = undefined;
      if (this._full()) this.#look(Math.min(2 * afterUs, LAST_LOOK_US), taken);
      else taken();
    });
  }
}
