import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import type { BtController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class BtBmcTap implements BtController {
  private readonly _inner: BtController;
  private readonly _tracer: Tracer;

  constructor(inner: BtController, tracer: Tracer) {
    this._inner = inner;
    this._tracer = tracer;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  readControl(): number {
    return this._inner.readControl();
  }

  writeControl(bits: number): void {
    const before = this._inner.readControl();
    this._inner.writeControl(bits);
    const status = this._inner.readControl();
    if (status !== before) this.#shows(status);
  }

  readFifo(): number {
    const value = this._inner.readFifo();
    if (this._tracer.active)
      this._tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: false });
    return value;
  }

  writeFifo(value: number): void {
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this._inner.writeFifo(value);
  }

  /** What the block shows after a reset is of interest even if it is what it showed before. */
  reset(): void {
    this._inner.reset();
    this.#shows(this._inner.readControl());
  }

  onInput(run: () => void): void {
    this._inner.onInput(run);
  }

  onHardwareReset(run: () => void): void {
    this._inner.onHardwareReset(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._inner.enableInterrupt(enabled);
  }

  #shows(status: number): void {
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }
}
