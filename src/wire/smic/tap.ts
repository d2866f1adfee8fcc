import type { HostRegister } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { SmicControl, SmicFlag, SmicRegister } from "./protocol.ts";
import type { SmicController } from "./registers.ts";

/**
 * Records what the host sees and does at the register block: reads with the value that reached
 * the host, writes with the value that left it. Faults of the wire lie behind the tap.
 */
export class SmicHostTap implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #tracer: Tracer;
  readonly #tags: TransactionTags;
  readonly #spacing: number;
  readonly #numbersTransfers: boolean;

  /**
   * `numbersTransfers`: the host tells no tags (it is not ours), so that each WR_START counts as
   * a request of its own.
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
    const reg = this.#tracer.active ? this.#register(offset) : undefined;
    if (reg !== undefined) this.#tracer.emit({ n: 0, t: 0, e: "host.read", reg, value });
    return value;
  }

  write(offset: number, value: number): void {
    const tags = this.#tags;
    const starts = offset === this.#spacing && value === SmicControl.WriteStart;
    if (this.#numbersTransfers && starts) tags.request++;
    const reg = this.#tracer.active ? this.#register(offset) : undefined;
    if (reg !== undefined) {
      this.#tracer.emit({ n: 0, t: 0, e: "host.write", reg, value, tag: tags.request });
    }
    this.#inner.write(offset, value);
  }

  #register(offset: number): HostRegister | undefined {
    switch (offset / this.#spacing) {
      case SmicRegister.Data:
        return "data";
      case SmicRegister.Control:
        return "control";
      case SmicRegister.Flags:
        return "flags";
      default:
        return undefined;
    }
  }
}

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
