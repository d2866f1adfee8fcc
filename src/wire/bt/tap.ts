import type { HostRegister } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { BtControl, BtRegister } from "./protocol.ts";
import type { BtController } from "./registers.ts";

/**
 * Records what the host sees and does at the register block: reads with the value that reached
 * the host, writes with the value that left it. Faults of the wire lie behind the tap.
 */
export class BtHostTap implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #tracer: Tracer;
  readonly #tags: TransactionTags;
  readonly #spacing: number;
  readonly #numbersTransfers: boolean;
  /** The next byte for the FIFO is the first of a frame. */
  #frameBegins = true;

  /**
   * `numbersTransfers`: the host tells no tags (it is not ours), so that each frame counts as a
   * request of its own, from its first byte.
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
    if (reg !== undefined) this.#tracer.emit({ e: "host.read", reg, value });
    return value;
  }

  write(offset: number, value: number): void {
    if (this.#numbersTransfers) this.#number(offset, value);
    const reg = this.#tracer.active ? this.#register(offset) : undefined;
    if (reg !== undefined) {
      this.#tracer.emit({ e: "host.write", reg, value, tag: this.#tags.request });
    }
    this.#inner.write(offset, value);
  }

  #number(offset: number, value: number): void {
    const register = offset / this.#spacing;
    if (register === BtRegister.Control) {
      const marks = BtControl.ClearWritePointer | BtControl.H2bAtn;
      if ((value & marks) !== 0) this.#frameBegins = true;
    } else if (register === BtRegister.Fifo && this.#frameBegins) {
      this.#frameBegins = false;
      this.#tags.request++;
    }
  }

  #register(offset: number): HostRegister | undefined {
    switch (offset / this.#spacing) {
      case BtRegister.Control:
        return "control";
      case BtRegister.Fifo:
        return "data";
      case BtRegister.InterruptMask:
        return "intmask";
      default:
        return undefined;
    }
  }
}

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
    if (this.#tracer.active) this.#tracer.emit({ e: "bmc.read", value, command: false });
    return value;
  }

  writeFifo(value: number): void {
    if (this.#tracer.active) this.#tracer.emit({ e: "bmc.write", value });
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
    if (this.#tracer.active) this.#tracer.emit({ e: "bmc.status", status });
  }
}
