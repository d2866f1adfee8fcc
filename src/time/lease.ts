import type { Scheduler, Task } from "./scheduler.ts";

/** A scheduler for a while: what is still on it when the while is over does not run any more. */
export class LeasedScheduler implements Scheduler {
  private readonly _scheduler: Scheduler;
  private readonly _pending = new Set<Task>();
  private _ended = false;

  constructor(scheduler: Scheduler) {
    this._scheduler = scheduler;
  }

  now(): number {
    return this._scheduler.now();
  }

  at(us: number, label: string, run: () => void): Task {
    if (this._ended) return { cancel: () => {} };
    const task = this._scheduler.at(us, label, () => {
      this._pending.delete(task);
      run();
    });
    this._pending.add(task);
    return {
      cancel: () => {
        this._pending.delete(task);
        task.cancel();
      },
    };
  }

  /** Takes back all that has not run; from now on nothing runs. */
  end(): void {
    this._ended = true;
    for (const task of this._pending) task.cancel();
    this._pending.clear();
  }
}
