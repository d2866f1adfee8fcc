import type { Scheduler, Task } from "./scheduler.ts";

/** The platform's monotonic clock and timers behind the scheduler contract. */
export class RealScheduler implements Scheduler {
  private readonly _originMs = performance.now();

  now(): number {
    return Math.floor((performance.now() - this._originMs) * 1_000);
  }

  at(us: number, _label: string, run: () => void): Task {
    const delayUs = us - this.now();
    if (delayUs <= 0) {
      const immediate = setImmediate(run);
      return { cancel: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(run, Math.ceil(delayUs / 1_000));
    return { cancel: () => clearTimeout(timer) };
  }
}
