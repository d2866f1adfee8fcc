import { ActingFaults, type ActiveFault, FaultyLine } from "../acting-faults.ts";
import { type BusClock, BYTE_US, CLOCK_LOW_TIMEOUT_US } from "./bus.ts";
import { Bus, type SmbusPort } from "./port.ts";

/**
 * What can go wrong between a master and the bus. Counted faults act on the next `count` steps of
 * their kind, after `skip` of them (0 when left out).
 */
export type SmbusFault =
  /** An acknowledgement of the slave's is lost: it has taken the byte, the master sees a NACK. */
  | (Counted & { readonly kind: "nack"; readonly on: "address" | "byte" })
  /** Another master wins the bus at a byte; the slave sees this transaction end with a STOP. */
  | (Counted & { readonly kind: "arbitration"; readonly on: "address" | "byte" })
  /** A byte is exclusive-ored with `xor` on its way, in the given direction. */
  | (Counted & {
      readonly kind: "corrupt";
      readonly direction: "read" | "write";
      readonly xor: number;
    })
  /** A byte is shifted into the slave twice, as by a glitch on the clock. */
  | (Counted & { readonly kind: "repeat" })
  /** A STOP does not arrive; the START that follows is a repeated one. */
  | (Counted & { readonly kind: "no-stop"; readonly after: "write" | "read" | "any" })
  /** The clock is held low for `us` more at a byte, as by a slave that is slow. */
  | (Counted & { readonly kind: "stretch"; readonly us: number })
  /** A line is held low. SCL: every step times out. SDA: another master seems to have the bus. */
  | { readonly kind: "stuck"; readonly line: "scl" | "sda" }
  /** Nobody is on the bus. */
  | { readonly kind: "absent" }
  /** The master does not see SMBALERT# change. */
  | { readonly kind: "lost-alert" }
  /** The line is seen pulled once, for `us`, without cause. */
  | { readonly kind: "spurious-alert"; readonly us: number };

interface Counted {
  readonly count: number;
  readonly skip?: number;
}

type Step = "address" | "byte";
type OnStep = Extract<SmbusFault, { on: Step }>["kind"];

/** A port that breaks, on purpose, what passes through it. With no fault active it only passes on. */
export class FaultySmbus implements SmbusPort {
  private readonly _inner: SmbusPort;
  private readonly _clock: BusClock;
  private readonly _later: (us: number, run: () => void) => void;
  private readonly _acting = new ActingFaults<SmbusFault>();
  private readonly _alert = new FaultyLine();
  /** The running transaction last moved bytes this way. */
  private _direction: "write" | "read" = "write";
  private _seen = false;

  constructor(
    inner: SmbusPort,
    time: { clock: BusClock; later: (us: number, run: () => void) => void },
  ) {
    this._inner = inner;
    this._clock = time.clock;
    this._later = time.later;
    this._alert.cut = () => this.#acts("lost-alert");
    this.onAlert(() => {});
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: SmbusFault, ended: () => void = () => {}): ActiveFault<SmbusFault> {
    const acting = this._acting.add(fault, () => {
      if (fault.kind === "lost-alert" || fault.kind === "spurious-alert") this._alert.settle();
      ended();
    });
    if (fault.kind === "spurious-alert") {
      this._alert.raise();
      this._later(fault.us, () => acting.end());
    }
    return acting;
  }

  /** The host's end of SMBALERT#, behind the faults. */
  onAlert(changed: (asserted: boolean) => void): void {
    this._alert.onLine((asserted) => {
      this._seen = asserted;
      changed(asserted);
    });
  }

  /** The line at the bus changed. */
  line(asserted: boolean): void {
    this._alert.set(asserted);
  }

  get alert(): boolean {
    return this._seen;
  }

  start(addressByte: number): Bus {
    this._direction = (addressByte & 1) !== 0 ? "read" : "write";
    if (this._acting.none) return this._inner.start(addressByte);
    const dead = this.#dead();
    if (dead !== undefined) return dead;
    if (this.#acts("absent")) {
      this._clock.elapse(BYTE_US);
      return Bus.Nack;
    }
    if (this.#takes("arbitration", "address")) return this.#lose();
    return this.#answered(this._inner.start(addressByte), "address");
  }

  write(value: number): Bus {
    if (this._acting.none) return this._inner.write(value);
    const dead = this.#dead();
    if (dead !== undefined) return dead;
    if (this.#takes("arbitration", "byte")) return this.#lose();
    if (this.#takesAny("repeat")) this._inner.write(value);
    return this.#answered(this._inner.write(this.#corrupted("write", value)), "byte");
  }

  read(ack: boolean): number {
    if (this._acting.none) return this._inner.read(ack);
    const dead = this.#dead();
    if (dead !== undefined) return dead;
    if (this.#takes("arbitration", "byte")) return this.#lose();
    const value = this._inner.read(ack);
    if (value > 0xff) return value;
    if (this.#stretched()) return Bus.TimedOut;
    return this.#corrupted("read", value);
  }

  stop(): Bus {
    if (this._acting.none) return this._inner.stop();
    const dead = this.#dead();
    if (dead !== undefined) return dead;
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind !== "no-stop") continue;
      if (fault.after !== "any" && fault.after !== this._direction) continue;
      if (acting.take()) return Bus.Ack;
    }
    return this._inner.stop();
  }

  #dead(): Bus | undefined {
    for (const { fault } of this._acting.all()) {
      if (fault.kind !== "stuck") continue;
      if (fault.line === "sda") return Bus.Lost;
      this._clock.elapse(CLOCK_LOW_TIMEOUT_US);
      return Bus.TimedOut;
    }
    return undefined;
  }

  #lose(): Bus {
    this._clock.elapse(BYTE_US);
    this._inner.stop();
    return Bus.Lost;
  }

  #answered(bus: Bus, step: Step): Bus {
    if (this.#stretched()) return Bus.TimedOut;
    return bus === Bus.Ack && this.#takes("nack", step) ? Bus.Nack : bus;
  }

  /** Holds the clock, if that is to be now; true when it takes too long. */
  #stretched(): boolean {
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind !== "stretch" || !acting.take()) continue;
      this._clock.elapse(Math.min(fault.us, CLOCK_LOW_TIMEOUT_US));
      return fault.us > CLOCK_LOW_TIMEOUT_US;
    }
    return false;
  }

  #corrupted(direction: "read" | "write", value: number): number {
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind !== "corrupt" || fault.direction !== direction) continue;
      if (acting.take()) value ^= fault.xor;
    }
    return value;
  }

  #takes(kind: OnStep, step: Step): boolean {
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      if (fault.kind === kind && "on" in fault && fault.on === step && acting.take()) return true;
    }
    return false;
  }

  #takesAny(kind: "repeat"): boolean {
    return this._acting.all().some((acting) => acting.fault.kind === kind && acting.take());
  }

  #acts(kind: SmbusFault["kind"]): boolean {
    return this._acting.all().some(({ fault }) => fault.kind === kind);
  }
}
