import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import { Status } from "./protocol.ts";
import type { KcsController } from "./registers.ts";

/** Records what the BMC sees and does at its face of the register block. */
export class KcsBmcTap implements KcsController {
  readonly #inner: KcsController;
  readonly #tracer: Tracer;

  constructor(inner: KcsController, tracer: Tracer) {
    this.#inner = inner;
    this.#tracer = tracer;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  readStatus(): number {
    return this.#inner.readStatus();
  }

  readInput(): number {
    if (!this.#tracer.active) return this.#inner.readInput();
    const command = (this.#inner.readStatus() & Status.Cd) !== 0;
    const value = this.#inner.readInput();
    this.#tracer.emit({ n: 0, t: 0, e: "bmc.read", value, command });
    return value;
  }

  writeOutput(value: number): void {
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.write", value });
    this.#inner.writeOutput(value);
  }

  updateStatus(mask: number, bits: number): void {
    const before = this.#inner.readStatus();
    this.#inner.updateStatus(mask, bits);
    const status = this.#inner.readStatus();
    if (status !== before && this.#tracer.active)
      this.#tracer.emit({ n: 0, t: 0, e: "bmc.status", status });
  }

  onInput(run: () => void): void {
    this.#inner.onInput(run);
  }

  enableInterrupt(enabled: boolean): void {
    this.#inner.enableInterrupt(enabled);
  }
}
