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
  readonly #inner: KcsController;
  readonly #scheduler: Scheduler;
  #output: Task | undefined;
  readonly #states = new Set<Task>();

  constructor(inner: KcsController, scheduler: Scheduler) {
    this.#inner = inner;
    this.#scheduler = scheduler;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  readStatus(): number {
    return this.#inner.readStatus();
  }

  readInput(): number {
    this.#output?.cancel();
    return this.#inner.readInput();
  }

  writeOutput(value: number): void {
    this.#output?.cancel();
    const reading = this.#inner.readStatus() >> 6 === Phase.Read;
    if (!reading || this.bytesUs === 0) return this.#inner.writeOutput(value);
    this.#output = this.#later(this.bytesUs, () => this.#inner.writeOutput(value));
  }

  updateStatus(mask: number, bits: number): void {
    const state = mask & Status.State;
    // Out of the read phase no byte comes after all.
    if (state !== 0 && bits >> 6 !== Phase.Read) this.#output?.cancel();
    if (state !== 0 && this.stateUs !== 0) return this.#stateLater(mask, bits);
    if (state !== 0) for (const task of this.#states) task.cancel();
    this.#inner.updateStatus(mask, bits);
  }

  onInput(run: () => void): void {
    this.#inner.onInput(run);
  }

  enableInterrupt(enabled: boolean): void {
    this.#inner.enableInterrupt(enabled);
  }

  #stateLater(mask: number, bits: number): void {
    const others = mask & ~Status.State;
    if (others !== 0) this.#inner.updateStatus(others, bits);
    const task = this.#later(this.stateUs, () => {
      this.#states.delete(task);
      this.#inner.updateStatus(Status.State, bits);
    });
    this.#states.add(task);
  }

  #later(us: number, run: () => void): Task {
    return this.#scheduler.at(this.#scheduler.now() + us, "late registers", run);
  }
}
