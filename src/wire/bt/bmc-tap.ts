import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import type { BtController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class BtBmcTap implements BtController {
  readonly #inner: BtController;
  readonly #tracer: Tracer;

  constructor(inner: BtController, tracer: Tracer) {
    this.#inner = inner;
    this.#tracer = tracer;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  readControl(): number {
    return this.#inner.readControl();
  }

  writeControl(bits: number): void {
    const before = this.#inner.readControl();
    this.#inner.writeControl(bits);
    const status = this.#inner.readControl();
    if (status !== before) this.#shows(status);
  }

  readFifo(): number {
    const value = this.#inner.readFifo();
    if (this.#tracer.active)
      this.#tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: false });
    return value;
  }

  writeFifo(value: number): void {
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this.#inner.writeFifo(value);
  }

  /** What the block shows after a reset is of interest even if it is what it showed before. */
  reset(): void {
    this.#inner.reset();
    this.#shows(this.#inner.readControl());
  }

  onInput(run: () => void): void {
    this.#inner.onInput(run);
  }

  onHardwareReset(run: () => void): void {
    this.#inner.onHardwareReset(run);
  }

  enableInterrupt(enabled: boolean): void {
    this.#inner.enableInterrupt(enabled);
  }

  #shows(status: number): void {
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }
}
