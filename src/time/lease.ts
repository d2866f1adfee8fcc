import type { Scheduler, Task } from "./scheduler.ts";

/** A scheduler for a while: what is still on it when the while is over does not run any more. */
export class LeasedScheduler implements Scheduler {
  readonly #scheduler: Scheduler;
  readonly #pending = new Set<Task>();
  #ended = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  at(us: number, label: string, run: () => void): Task {
    if (this.#ended) return { cancel: () => {} };
    const task = this.#scheduler.at(us, label, () => {
      this.#pending.delete(task);
      run();
    });
    this.#pending.add(task);
    return {
      cancel: () => {
        this.#pending.delete(task);
        task.cancel();
      },
    };
  }

  /** Takes back all that has not run; from now on nothing runs. */
  end(): void {
    this.#ended = true;
    for (const task of this.#pending) task.cancel();
    this.#pending.clear();
  }
}
