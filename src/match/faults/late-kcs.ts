import type { Scheduler, Task } from "../../time/scheduler.ts";
import { Phase, Status } from "../../wire/kcs/protocol.ts";
import type { KcsController } from "../../wire/kcs/registers.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";

/** A BMC's own end of a KCS block, where what it does to the registers may come late. */
export class LateKcs implements KcsController {
  /** OBF comes so long after IBF has fallen, for each byte of a response. Legal, if it is not too long. */
  bytesUs = 0;
  /** The state bits come so long after what they should stand before. */
  stateUs = 0;
  private readonly _inner: KcsController;
  private readonly _scheduler: Scheduler;
  private _output: Task | undefined;
  private readonly _states = new Set<Task>();

  constructor(inner: KcsController, scheduler: Scheduler) {
    this._inner = inner;
    this._scheduler = scheduler;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  readStatus(): number {
    return this._inner.readStatus();
  }

  readInput(): number {
    this._output?.cancel();
    return this._inner.readInput();
  }

  writeOutput(value: number): void {
    this._output?.cancel();
    const reading = this._inner.readStatus() >> 6 === Phase.Read;
    if (!reading || this.bytesUs === 0) return this._inner.writeOutput(value);
    this._output = this.#later(this.bytesUs, () => this._inner.writeOutput(value));
  }

  updateStatus(mask: number, bits: number): void {
    const state = mask & Status.State;
    // Out of the read phase no byte comes after all.
    if (state !== 0 && bits >> 6 !== Phase.Read) this._output?.cancel();
    if (state !== 0 && this.stateUs !== 0) return this.#stateLater(mask, bits);
    if (state !== 0) for (const task of this._states) task.cancel();
    this._inner.updateStatus(mask, bits);
  }

  onInput(run: () => void): void {
    this._inner.onInput(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._inner.enableInterrupt(enabled);
  }

  #stateLater(mask: number, bits: number): void {
    const others = mask & ~Status.State;
    if (others !== 0) this._inner.updateStatus(others, bits);
    const task = this.#later(this.stateUs, () => {
      this._states.delete(task);
      this._inner.updateStatus(Status.State, bits);
    });
    this._states.add(task);
  }

  #later(us: number, run: () => void): Task {
    return this._scheduler.at(this._scheduler.now() + us, "late registers", run);
  }
}
