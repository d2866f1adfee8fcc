import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import { SmicFlag } from "./protocol.ts";
import type { SmicController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class SmicBmcTap implements SmicController {
  private readonly _inner: SmicController;
  private readonly _tracer: Tracer;

  constructor(inner: SmicController, tracer: Tracer) {
    this._inner = inner;
    this._tracer = tracer;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  readFlags(): number {
    return this._inner.readFlags();
  }

  readControl(): number {
    const value = this._inner.readControl();
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: true });
    return value;
  }

  readData(): number {
    const value = this._inner.readData();
    if (this._tracer.active)
      this._tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command: false });
    return value;
  }

  writeStatusCode(code: number): void {
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.code", value: code });
    this._inner.writeStatusCode(code);
  }

  writeData(value: number): void {
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this._inner.writeData(value);
  }

  updateFlags(mask: number, bits: number): void {
    const before = this._inner.readFlags();
    this._inner.updateFlags(mask, bits);
    const status = this._inner.readFlags();
    if (status !== before && this._tracer.active)
      this._tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }

  /** The interrupt comes of it, so it stands before the interrupt in the trace. */
  clearBusy(): void {
    const before = this._inner.readFlags();
    const status = before & ~SmicFlag.Busy;
    if (status !== before && this._tracer.active)
      this._tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
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
}
