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
  private readonly _inner: SmicController;
  private readonly _scheduler: Scheduler;
  private _status = 0;
  /** The flag that is to come. */
  private _late = 0;
  private _task: Task | undefined;

  constructor(inner: SmicController, scheduler: Scheduler) {
    this._inner = inner;
    this._scheduler = scheduler;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  readFlags(): number {
    return this._inner.readFlags();
  }

  /** Who did not wait for the flag finds it all the same. */
  readControl(): number {
    this.#come();
    return this._inner.readControl();
  }

  readData(): number {
    return this._inner.readData();
  }

  writeStatusCode(code: number): void {
    this._status = code;
    this._inner.writeStatusCode(code);
  }

  writeData(value: number): void {
    this._inner.writeData(value);
  }

  updateFlags(mask: number, bits: number): void {
    this.#come();
    this._inner.updateFlags(mask, bits);
  }

  /** The flags may fall only while BUSY is 1. @see IPMI 2.0 §10.8 */
  clearBusy(): void {
    const { flag, us } = this.#awaited(operationOf(this._status));
    this._late = us === 0 ? 0 : flag & this._inner.readFlags();
    if (this._late !== 0) {
      this._inner.updateFlags(this._late, 0);
      const at = this._scheduler.now() + us;
      this._task = this._scheduler.at(at, "late flag", () => this.#come());
    }
    this._inner.clearBusy();
  }

  onBusy(run: () => void): void {
    this._inner.onBusy(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._inner.enableInterrupt(enabled);
  }

  interrupt(): void {
    this._inner.interrupt();
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
    this._task?.cancel();
    const flag = this._late;
    this._late = 0;
    if (flag !== 0) this._inner.updateFlags(flag, flag);
  }
}
