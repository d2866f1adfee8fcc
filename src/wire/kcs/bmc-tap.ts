import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import { Status } from "./protocol.ts";
import type { KcsController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class KcsBmcTap implements KcsController {
  private readonly _inner: KcsController;
  private readonly _tracer: Tracer;

  constructor(inner: KcsController, tracer: Tracer) {
    this._inner = inner;
    this._tracer = tracer;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  readStatus(): number {
    return this._inner.readStatus();
  }

  readInput(): number {
    if (!this._tracer.active) return this._inner.readInput();
    const command = (this._inner.readStatus() & Status.Cd) !== 0;
    const value = this._inner.readInput();
    this._tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command });
    return value;
  }

  writeOutput(value: number): void {
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this._inner.writeOutput(value);
  }

  updateStatus(mask: number, bits: number): void {
    const before = this._inner.readStatus();
    this._inner.updateStatus(mask, bits);
    const status = this._inner.readStatus();
    if (status !== before && this._tracer.active)
      this._tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }

  onInput(run: () => void): void {
    this._inner.onInput(run);
  }

  enableInterrupt(enabled: boolean): void {
    this._inner.enableInterrupt(enabled);
  }
}
