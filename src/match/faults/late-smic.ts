import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import { operationOf, SmicFlag, SmicOperation } from "../../wire/smic/protocol.ts";
import type { SmicController } from "../../wire/smic/registers.ts";

/** A BMC's own end of a SMIC block, where it is ready for the next byte only some time after BUSY. */
export class LateSmic implements SmicController {
  /** RX_DATA_RDY comes so long after BUSY has fallen, in µs; legal, if it is not too long. */
  bytesUs = 0;
  /** TX_DATA_RDY, the same. */
  readyUs = 0;
  readonly #inner: SmicController;
  readonly #scheduler: Scheduler;
  #status = 0;
  /** The flag that is to come. */
  #late = 0;
  #task: Task | undefined;

  constructor(inner: SmicController, scheduler: Scheduler) {
    this.#inner = inner;
    this.#scheduler = scheduler;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  readFlags(): number {
    return this.#inner.readFlags();
  }

  /** Who did not wait for the flag finds it all the same. */
  readControl(): number {
    this.#come();
    return this.#inner.readControl();
  }

  readData(): number {
    return this.#inner.readData();
  }

  writeStatusCode(code: number): void {
    this.#status = code;
    this.#inner.writeStatusCode(code);
  }

  writeData(value: number): void {
    this.#inner.writeData(value);
  }

  updateFlags(mask: number, bits: number): void {
    this.#come();
    this.#inner.updateFlags(mask, bits);
  }

  /** The flags may fall only while BUSY is 1. @see IPMI 2.0 §10.8 */
  clearBusy(): void {
    const { flag, us } = this.#awaited(operationOf(this.#status));
    this.#late = us === 0 ? 0 : flag & this.#inner.readFlags();
    if (this.#late !== 0) {
      this.#inner.updateFlags(this.#late, 0);
      const at = this.#scheduler.now() + us;
      this.#task = this.#scheduler.at(at, "late flag", () => this.#come());
    }
    this.#inner.clearBusy();
  }

  onBusy(run: () => void): void {
    this.#inner.onBusy(run);
  }

  enableInterrupt(enabled: boolean): void {
    this.#inner.enableInterrupt(enabled);
  }

  interrupt(): void {
    this.#inner.interrupt();
  }

  /** What the host has to wait for after a handshake, before the next one of its transfer. */
  #awaited(operation: number): { readonly flag: number; readonly us: number } {
    switch (operation) {
      case SmicOperation.WriteStart:
      case SmicOperation.WriteNext:
        return { flag: SmicFlag.TxDataRdy, us: this.readyUs };
      case SmicOperation.ReadStart:
      case SmicOperation.ReadNext:
        return { flag: SmicFlag.RxDataRdy, us: this.bytesUs };
      default:
        return { flag: 0, us: 0 };
    }
  }

  #come(): void {
    this.#task?.cancel();
    const flag = this.#late;
    this.#late = 0;
    if (flag !== 0) this.#inner.updateFlags(flag, flag);
  }
}
