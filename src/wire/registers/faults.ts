import { assert } from "../../assert.ts";
import type { HostRegister } from "../../trace/events.ts";
import { type Acting, ActingFaults, type ActiveFault, FaultyLine } from "../acting-faults.ts";
import { hasBits, type RegisterLayout } from "./layout.ts";
import type { RegisterPort } from "./port.ts";

/** What can go wrong between the two faces of a register block. Counts are of register accesses. */
export type RegisterFault =
  /** Bits of a register read as `level`, whatever is written to it. */
  | {
      readonly kind: "stuck";
      readonly reg: HostRegister;
      readonly bits: number;
      readonly level: 0 | 1;
    }
  /** The BMC's busy flag reads 1 for `us` more after each write that raises it. */
  | { readonly kind: "busy-late"; readonly us: number }
  /** The next `count` writes to `reg` do not arrive; with `bits`, only those that have one of them. */
  | {
      readonly kind: "lost-write";
      readonly reg: HostRegister | "any";
      readonly count: number;
      readonly bits?: number | undefined;
    }
  /** The next `count` writes to `reg` arrive twice, the second time `us` after the first. */
  | {
      readonly kind: "repeated-write";
      readonly reg: HostRegister | "any";
      readonly count: number;
      readonly us: number;
    }
  /** The next `count` data bytes that are read, or written, are exclusive-ored with `xor`. */
  | {
      readonly kind: "corrupt";
      readonly direction: "read" | "write";
      readonly xor: number;
      readonly count: number;
    }
  /** Nothing is there: all reads are `value` (FFh on most buses), no write arrives. */
  | { readonly kind: "absent"; readonly value: number }
  /** Changes of the interrupt line do not reach the host. */
  | { readonly kind: "missing-interrupt" }
  /** The line is seen high once, for `us`, without cause. */
  | { readonly kind: "spurious-interrupt"; readonly us: number }
  /** Before the host's next access somebody else has the block for a while. */
  | { readonly kind: "intrusion"; readonly run: () => void };

/** The time in which a register block breaks, in µs. */
export interface FaultTime {
  now(): number;
  later(us: number, run: () => void): void;
}

/** A port that breaks, on purpose, what passes through it. With no fault active it only passes on. */
export class FaultyRegisterPort implements RegisterPort {
  private readonly _inner: RegisterPort;
  private readonly _layout: RegisterLayout;
  private readonly _spacing: number;
  private readonly _time: FaultTime;
  private readonly _acting = new ActingFaults<RegisterFault>();
  private readonly _line = new FaultyLine();
  private _busyUntilUs = 0;

  constructor(
    inner: RegisterPort,
    block: { readonly layout: RegisterLayout; readonly spacing: number },
    time: FaultTime,
  ) {
    this._inner = inner;
    this._layout = block.layout;
    this._spacing = block.spacing;
    this._time = time;
    this._line.cut = () => this._acting.all().some((a) => a.fault.kind === "missing-interrupt");
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: RegisterFault, ended: () => void = () => {}): ActiveFault<RegisterFault> {
    if ("reg" in fault && fault.reg !== "any") {
      const registers = fault.kind === "stuck" ? this._layout.read : this._layout.written;
      assert(registers[fault.reg] !== undefined, "a fault names a register of its own block");
    }
    const acting = this._acting.add(fault, ended);
    if (fault.kind === "spurious-interrupt") {
      this._line.raise();
      this._time.later(fault.us, () => acting.end());
      this._time.later(fault.us, () => this._line.settle());
    }
    return acting;
  }

  /** The host's end of the line, behind the faults. */
  onLine(changed: (level: boolean) => void): void {
    this._line.onLine(changed);
  }

  /** The line at the register block changed. */
  line(level: boolean): void {
    this._line.set(level);
  }

  read(offset: number): number {
    if (this._acting.none) return this._inner.read(offset);
    this.#intrude();
    const acting = this._acting.all();
    for (const { fault } of acting) if (fault.kind === "absent") return fault.value;
    const register = offset / this._spacing;
    let value = this._inner.read(offset);
    for (const each of acting) value = this.#distort(each, register, value);
    return value;
  }

  write(offset: number, value: number): void {
    if (this._acting.none) return this._inner.write(offset, value);
    this.#intrude();
    const register = offset / this._spacing;
    let repeats: Repeats | undefined;
    for (const acting of this._acting.all()) {
      const { fault } = acting;
      switch (fault.kind) {
        case "absent":
          return;
        case "lost-write":
          if (this.#loses(fault, register, value) && acting.take()) return;
          break;
        case "repeated-write":
          if (this.#writes(fault.reg, register) && acting.spend()) {
            repeats = { us: fault.us, by: acting };
          }
          break;
        case "busy-late":
          if (this.#raisesBusy(register, value)) this._busyUntilUs = this._time.now() + fault.us;
          break;
        case "corrupt":
          if (fault.direction === "write" && register === this._layout.data && acting.take()) {
            value ^= fault.xor;
          }
      }
    }
    this._inner.write(offset, value);
    if (repeats !== undefined) this.#repeat(repeats, offset, value);
  }

  /** What arrives late is the fault's doing, so it lasts until then. */
  #repeat({ us, by }: Repeats, offset: number, value: number): void {
    this._time.later(us, () => {
      this._inner.write(offset, value);
      if (by.spent) by.end();
    });
  }

  /** What the host reads in place of `value`. */
  #distort(acting: Acting<RegisterFault>, register: number, value: number): number {
    const { fault } = acting;
    const { read, data, busy } = this._layout;
    switch (fault.kind) {
      case "stuck":
        if (read[fault.reg] !== register) return value;
        return fault.level === 1 ? value | fault.bits : value & ~fault.bits;
      case "corrupt":
        if (fault.direction === "write" || register !== data || !acting.take()) return value;
        return value ^ fault.xor;
      case "busy-late":
        if (register !== busy.register || this._time.now() >= this._busyUntilUs) return value;
        return value | busy.flag;
      default:
        return value;
    }
  }

  #intrude(): void {
    for (const acting of this._acting.all()) {
      if (acting.fault.kind !== "intrusion") continue;
      acting.fault.run();
      acting.end();
    }
  }

  #loses(fault: Lost, register: number, value: number): boolean {
    const meant = fault.bits === undefined || (value & fault.bits) !== 0;
    return meant && this.#writes(fault.reg, register);
  }

  #writes(reg: HostRegister | "any", register: number): boolean {
    return reg === "any" || this._layout.written[reg] === register;
  }

  #raisesBusy(register: number, value: number): boolean {
    const { after } = this._layout.busy;
    return after === "any write" || hasBits(after, register, value);
  }
}

interface Repeats {
  readonly us: number;
  readonly by: Acting<RegisterFault>;
}

type Lost = Extract<RegisterFault, { kind: "lost-write" }>;
