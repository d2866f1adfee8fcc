import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { HostWire } from "../../wire/interface.ts";
import { revocable } from "../../wire/revocable.ts";

/**
 * What a stack stands on: its scheduler and its wire. A panic takes both away from under whatever
 * ran, in whatever state that is, so that nothing of it ever goes on.
 */
export class Footing {
  readonly scheduler: Scheduler;
  readonly wire: HostWire;
  private readonly _revoke: () => void;
  private _firm = true;

  constructor(scheduler: Scheduler, wire: HostWire) {
    this.scheduler = {
      now: () => scheduler.now(),
      at: (us, label, run) => (this._firm ? scheduler.at(us, label, this.#guarded(run)) : NO_TASK),
    };
    const { wire: lent, revoke } = revocable(wire);
    this.wire = lent;
    this._revoke = revoke;
  }

  /** From now on no planned work runs, and the wire is not touched. */
  withdraw(): void {
    this._firm = false;
    this._revoke();
  }

  #guarded(run: () => void): () => void {
    return () => {
      if (this._firm) run();
    };
  }
}

const NO_TASK: Task = { cancel: () => {} };
