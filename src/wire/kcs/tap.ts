import type { Tracer } from "../../trace/tracer.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { Control } from "./protocol.ts";
import type { KcsController } from "./registers.ts";

/**
 * Records what the host sees and does at the register block: reads with the value that reached
 * the host, writes with the value that left it. Faults of the wire lie behind the tap.
 */
export class HostTap implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #tracer: Tracer;
  readonly #tags: TransactionTags;
  readonly #spacing: number;
  readonly #numbersTransfers: boolean;

  /**
   * `numbersTransfers`: the host tells no tags (it is not ours), so that each WRITE_START counts
   * as a request of its own.
   */
  constructor(
    inner: RegisterPort,
    tracer: Tracer,
    wire: { tags: TransactionTags; spacing: number; numbersTransfers: boolean },
  ) {
    this.#inner = inner;
    this.#tracer = tracer;
    this.#tags = wire.tags;
    this.#spacing = wire.spacing;
    this.#numbersTransfers = wire.numbersTransfers;
  }

  read(offset: number): number {
    const value = this.#inner.read(offset);
    if (this.#tracer.active && (offset === 0 || offset === this.#spacing)) {
      const reg = offset === 0 ? "data" : "status";
      this.#tracer.emit({ n: 0, t: 0, e: "host.read", reg, value });
    }
    return value;
  }

  write(offset: number, value: number): void {
    const tags = this.#tags;
    const isCommand = offset === this.#spacing;
    if (this.#numbersTransfers && isCommand && value === Control.WriteStart) tags.request++;
    if (this.#tracer.active && (offset === 0 || isCommand)) {
      const reg = isCommand ? "command" : "data";
      this.#tracer.emit({ n: 0, t: 0, e: "host.write", reg, value, tag: tags.request });
    }
    this.#inner.write(offset, value);
  }
}

/** Records what the BMC sees and does at its face of the register block. */
export class BmcTap implements KcsController {
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
    const command = (this.#inner.readStatus() & 0x08) !== 0;
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
