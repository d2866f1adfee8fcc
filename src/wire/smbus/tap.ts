import type { BusOutcome } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../registers/port.ts";
import { beginsRequest } from "../ssif/protocol.ts";
import { Bus, type SmbusPort, type SmbusSlave, type SmbusTarget } from "./port.ts";
import { READ_BIT } from "./protocol.ts";

const NO_BYTE = 0xff;

/**
 * Records what the host does on the bus and what it sees there. Faults of the wire lie behind
 * the tap.
 */
export class SmbusHostTap implements SmbusPort {
  private readonly _inner: SmbusPort;
  private readonly _tracer: Tracer;
  private readonly _tags: TransactionTags;
  private readonly _numbersTransfers: boolean;
  /** The next byte is the first after an address. */
  private _commandNext = false;

  /**
   * `numbersTransfers`: the host tells no tags (it is not ours), so that each write that begins a
   * request counts as one of its own.
   */
  constructor(
    inner: SmbusPort,
    tracer: Tracer,
    wire: { tags: TransactionTags; numbersTransfers: boolean },
  ) {
    this._inner = inner;
    this._tracer = tracer;
    this._tags = wire.tags;
    this._numbersTransfers = wire.numbersTransfers;
  }

  start(addressByte: number): Bus {
    this._commandNext = (addressByte & READ_BIT) === 0;
    const bus = this._inner.start(addressByte);
    this.#emit("start", addressByte, bus);
    return bus;
  }

  write(value: number): Bus {
    if (this._commandNext && this._numbersTransfers && beginsRequest(value)) this._tags.request++;
    this._commandNext = false;
    const bus = this._inner.write(value);
    this.#emit("write", value, bus);
    return bus;
  }

  read(ack: boolean): number {
    const value = this._inner.read(ack);
    if (value === Bus.Lost || value === Bus.TimedOut) this.#emit("read", NO_BYTE, value);
    else this.#emit("read", value, ack ? Bus.Ack : Bus.Nack);
    return value;
  }

  stop(): Bus {
    const bus = this._inner.stop();
    this.#emit("stop", 0, bus);
    return bus;
  }

  get alert(): boolean {
    return this._inner.alert;
  }

  #emit(op: "start" | "write" | "read" | "stop", value: number, bus: Bus): void {
    if (!this._tracer.active) return;
    const outcome = OUTCOMES[bus];
    this._tracer.emit({ n: 0, t: 0, e: "host.bus", op, value, outcome, tag: this._tags.request });
  }
}

/** Records what the BMC's slave controller sees, and its alert. */
export class SmbusBmcTap implements SmbusSlave {
  private readonly _inner: SmbusSlave;
  private readonly _tracer: Tracer;
  private _alert = false;

  constructor(inner: SmbusSlave, tracer: Tracer) {
    this._inner = inner;
    this._tracer = tracer;
  }

  get address(): number {
    return this._inner.address;
  }

  get tags(): TransactionTags {
    return this._inner.tags;
  }

  connect(target: SmbusTarget): void {
    const letGo = () => this.#traceAlert(false);
    this._inner.connect(new TappedTarget(target, this._tracer, this.address, letGo));
  }

  stretch(us: number): void {
    this._inner.stretch(us);
  }

  setAlert(on: boolean): void {
    this.#traceAlert(on);
    this._inner.setAlert(on);
  }

  #traceAlert(on: boolean): void {
    if (on === this._alert) return;
    this._alert = on;
    if (this._tracer.active) this._tracer.emit({ n: 0, t: 0, e: "bmc.alert", level: on ? 1 : 0 });
  }
}

class TappedTarget implements SmbusTarget {
  private readonly _inner: SmbusTarget;
  private readonly _tracer: Tracer;
  private readonly _address: number;
  private readonly _alertLetGo: () => void;
  private _given = 0;

  constructor(inner: SmbusTarget, tracer: Tracer, address: number, alertLetGo: () => void) {
    this._inner = inner;
    this._tracer = tracer;
    this._address = address;
    this._alertLetGo = alertLetGo;
  }

  started(read: boolean): boolean {
    const ack = this._inner.started(read);
    this.#emit("start", (this._address << 1) | (read ? READ_BIT : 0), ack);
    return ack;
  }

  received(value: number): boolean {
    const ack = this._inner.received(value);
    this.#emit("write", value, ack);
    return ack;
  }

  requested(): number {
    this._given = this._inner.requested();
    return this._given;
  }

  taken(ack: boolean): void {
    this.#emit("read", this._given, ack);
    this._inner.taken(ack);
  }

  stopped(): void {
    this.#emit("stop", 0, true);
    this._inner.stopped();
  }

  alertTaken(): void {
    this._alertLetGo();
    this._inner.alertTaken();
  }

  #emit(op: "start" | "write" | "read" | "stop", value: number, ack: boolean): void {
    if (!this._tracer.active) return;
    this._tracer.emit({ n: 0, t: 0, e: "bmc.bus", op, value, outcome: ack ? "ack" : "nack" });
  }
}

const OUTCOMES: Record<Bus, BusOutcome> = {
  [Bus.Ack]: "ack",
  [Bus.Nack]: "nack",
  [Bus.Lost]: "lost",
  [Bus.TimedOut]: "timeout",
};
