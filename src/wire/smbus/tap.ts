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
  readonly #inner: SmbusPort;
  readonly #tracer: Tracer;
  readonly #tags: TransactionTags;
  readonly #numbersTransfers: boolean;
  /** The next byte is the first after an address. */
  #commandNext = false;

  /**
   * `numbersTransfers`: the host tells no tags (it is not ours), so that each write that begins a
   * request counts as one of its own.
   */
  constructor(
    inner: SmbusPort,
    tracer: Tracer,
    wire: { tags: TransactionTags; numbersTransfers: boolean },
  ) {
    this.#inner = inner;
    this.#tracer = tracer;
    this.#tags = wire.tags;
    this.#numbersTransfers = wire.numbersTransfers;
  }

  start(addressByte: number): Bus {
    this.#commandNext = (addressByte & READ_BIT) === 0;
    const bus = this.#inner.start(addressByte);
    this.#emit("start", addressByte, bus);
    return bus;
  }

  write(value: number): Bus {
    if (this.#commandNext && this.#numbersTransfers && beginsRequest(value)) this.#tags.request++;
    this.#commandNext = false;
    const bus = this.#inner.write(value);
    this.#emit("write", value, bus);
    return bus;
  }

  read(ack: boolean): number {
    const value = this.#inner.read(ack);
    if (value === Bus.Lost || value === Bus.TimedOut) this.#emit("read", NO_BYTE, value);
    else this.#emit("read", value, ack ? Bus.Ack : Bus.Nack);
    return value;
  }

  stop(): Bus {
    const bus = this.#inner.stop();
    this.#emit("stop", 0, bus);
    return bus;
  }

  get alert(): boolean {
    return this.#inner.alert;
  }

  #emit(op: "start" | "write" | "read" | "stop", value: number, bus: Bus): void {
    if (!this.#tracer.active) return;
    const outcome = OUTCOMES[bus];
    this.#tracer.emit({ n: 0, t: 0, e: "host.bus", op, value, outcome, tag: this.#tags.request });
  }
}

/** Records what the BMC's slave controller sees, and its alert. */
export class SmbusBmcTap implements SmbusSlave {
  readonly #inner: SmbusSlave;
  readonly #tracer: Tracer;
  #alert = false;

  constructor(inner: SmbusSlave, tracer: Tracer) {
    this.#inner = inner;
    this.#tracer = tracer;
  }

  get address(): number {
    return this.#inner.address;
  }

  get tags(): TransactionTags {
    return this.#inner.tags;
  }

  connect(target: SmbusTarget): void {
    const letGo = () => this.#traceAlert(false);
    this.#inner.connect(new TappedTarget(target, this.#tracer, this.address, letGo));
  }

  stretch(us: number): void {
    this.#inner.stretch(us);
  }

  setAlert(on: boolean): void {
    this.#traceAlert(on);
    this.#inner.setAlert(on);
  }

  #traceAlert(on: boolean): void {
    if (on === this.#alert) return;
    this.#alert = on;
    if (this.#tracer.active) this.#tracer.emit({ n: 0, t: 0, e: "bmc.alert", level: on ? 1 : 0 });
  }
}

class TappedTarget implements SmbusTarget {
  readonly #inner: SmbusTarget;
  readonly #tracer: Tracer;
  readonly #address: number;
  readonly #alertLetGo: () => void;
  #given = 0;

  constructor(inner: SmbusTarget, tracer: Tracer, address: number, alertLetGo: () => void) {
    this.#inner = inner;
    this.#tracer = tracer;
    this.#address = address;
    this.#alertLetGo = alertLetGo;
  }

  started(read: boolean): boolean {
    const ack = this.#inner.started(read);
    this.#emit("start", (this.#address << 1) | (read ? READ_BIT : 0), ack);
    return ack;
  }

  received(value: number): boolean {
    const ack = this.#inner.received(value);
    this.#emit("write", value, ack);
    return ack;
  }

  requested(): number {
    this.#given = this.#inner.requested();
    return this.#given;
  }

  taken(ack: boolean): void {
    this.#emit("read", this.#given, ack);
    this.#inner.taken(ack);
  }

  stopped(): void {
    this.#emit("stop", 0, true);
    this.#inner.stopped();
  }

  alertTaken(): void {
    this.#alertLetGo();
    this.#inner.alertTaken();
  }

  #emit(op: "start" | "write" | "read" | "stop", value: number, ack: boolean): void {
    if (!this.#tracer.active) return;
    this.#tracer.emit({ n: 0, t: 0, e: "bmc.bus", op, value, outcome: ack ? "ack" : "nack" });
  }
}

const OUTCOMES: Record<Bus, BusOutcome> = {
  [Bus.Ack]: "ack",
  [Bus.Nack]: "nack",
  [Bus.Lost]: "lost",
  [Bus.TimedOut]: "timeout",
};
