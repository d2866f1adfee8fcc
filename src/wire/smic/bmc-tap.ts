import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import { SmicFlag } from "./protocol.ts";
import type { SmicController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class SmicBmcTap implements SmicController {
  readonly #inner: SmicController;
  readonly #tracer: Tracer;

  constructor(inner: SmicController, tracer: Tracer) {
    this.#inner = inner;
    this.#tracer = tracer;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  readFlags(): number {
    return this.#inner.readFlags();
  }

  readControl(): number {
    const value = this.#inner.readControl();
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: true });
    return value;
  }

  readData(): number {
    const value = this.#inner.readData();
    if (this.#tracer.active)
      this.#tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: false });
    return value;
  }

  writeStatusCode(code: number): void {
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.code", value: code });
    this.#inner.writeStatusCode(code);
  }

  writeData(value: number): void {
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this.#inner.writeData(value);
  }

  updateFlags(mask: number, bits: number): void {
    const before = this.#inner.readFlags();
    this.#inner.updateFlags(mask, bits);
    const status = this.#inner.readFlags();
    if (status !== before && this.#tracer.active)
      this.#tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }

  /** The interrupt comes of it, so it stands before the interrupt in the trace. */
  clearBusy(): void {
    const before = this.#inner.readFlags();
    const status = before & ~SmicFlag.Busy;
    if (status !== before && this.#tracer.active)
      this.#tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
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
}
