import { ActingFaults, type ActiveFault, FaultyLine } from "../acting-faults.ts";
import type { RegisterPort } from "../registers/port.ts";
import { BtControl, BtRegister } from "./protocol.ts";

type Register = "control" | "data" | "intmask";

/** What can go wrong between the two faces of a BT block. Counts are of register accesses. */
export type BtWireFault =
  /** Bits of a register read as `level`, whatever is written to it. */
  | { readonly kind: "stuck"; readonly reg: Register; readonly bits: number; readonly level: 0 | 1 }
  /** Each time that the host set H2B_ATN, B_BUSY reads 1 for `us` more; Infinity: for ever. */
  | { readonly kind: "busy-late"; readonly us: number }
  /** The next `count` writes to `reg` do not arrive; with `bits`, only those that have one of them. */
  | {
      readonly kind: "lost-write";
      readonly reg: Register | "any";
      readonly count: number;
      readonly bits?: number | undefined;
    }
  /** The next `count` writes to `reg` arrive twice, the second time `us` after the first. */
  | {
      readonly kind: "repeated-write";
      readonly reg: Register | "any";
      readonly count: number;
      readonly us: number;
    }
  /** The next `count` bytes read from or written to the FIFO are exclusive-ored with `xor`. */
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
  | { readonly kind: "spurious-interrupt"; readonly us: number };

const REGISTERS: Readonly<Record<Register, number>> = {
  control: BtRegister.Control,
  data: BtRegister.Fifo,
  intmask: BtRegister.InterruptMask,
};

/** A port that breaks, on purpose, what passes through it. With no fault active it only passes on. */
export class FaultyBtPort implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #spacing: number;
  readonly #time: { now(): number; later(us: number, run: () => void): void };
  readonly #acting = new ActingFaults<BtWireFault>();
  readonly #line = new FaultyLine();
  #busyUntilUs = 0;

  /** Times are in µs. */
  constructor(
    inner: RegisterPort,
    spacing: number,
    time: { now(): number; later(us: number, run: () => void): void },
  ) {
    this.#inner = inner;
    this.#spacing = spacing;
    this.#time = time;
    this.#line.cut = () => this.#acting.all().some((a) => a.fault.kind === "missing-interrupt");
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: BtWireFault, ended: () => void = () => {}): ActiveFault<BtWireFault> {
    const acting = this.#acting.add(fault, ended);
    if (fault.kind === "spurious-interrupt") {
      this.#line.raise();
      this.#time.later(fault.us, () => acting.end());
      this.#time.later(fault.us, () => this.#line.settle());
    }
    return acting;
  }

  /** The host's end of the line, behind the faults. */
  onLine(changed: (level: boolean) => void): void {
    this.#line.onLine(changed);
  }

  /** The line at the register block changed. */
  line(level: boolean): void {
    this.#line.set(level);
  }

  read(offset: number): number {
    if (this.#acting.none) return this.#inner.read(offset);
    const acting = this.#acting.all();
    for (const { fault } of acting) if (fault.kind === "absent") return fault.value;
    let value = this.#inner.read(offset);
    for (const each of acting) {
      const { fault } = each;
      if (fault.kind === "stuck" && this.#matches(fault.reg, offset)) {
        value = fault.level === 1 ? value | fault.bits : value & ~fault.bits;
      }
      const corrupts = fault.kind === "corrupt" && fault.direction === "read";
      if (corrupts && this.#matches("data", offset) && each.take()) value ^= fault.xor;
      const late = fault.kind === "busy-late" && this.#time.now() < this.#busyUntilUs;
      if (late && this.#matches("control", offset)) value |= BtControl.BBusy;
    }
    return value;
  }

  write(offset: number, value: number): void {
    if (this.#acting.none) return this.#inner.write(offset, value);
    let repeatUs: number | undefined;
    for (const acting of this.#acting.all()) {
      const { fault } = acting;
      const matches = "reg" in fault && this.#matches(fault.reg, offset);
      if (fault.kind === "absent") return;
      if (fault.kind === "lost-write" && matches && hits(fault.bits, value)) {
        if (acting.take()) return;
      }
      if (fault.kind === "repeated-write" && matches && acting.take()) repeatUs = fault.us;
      const asks = (value & BtControl.H2bAtn) !== 0 && this.#matches("control", offset);
      if (fault.kind === "busy-late" && asks) this.#busyUntilUs = this.#time.now() + fault.us;
      const corrupts = fault.kind === "corrupt" && fault.direction === "write";
      if (corrupts && this.#matches("data", offset) && acting.take()) value ^= fault.xor;
    }
    this.#inner.write(offset, value);
    if (repeatUs !== undefined) this.#time.later(repeatUs, () => this.#inner.write(offset, value));
  }

  #matches(reg: Register | "any", offset: number): boolean {
    return reg === "any" || REGISTERS[reg] * this.#spacing === offset;
  }
}

function hits(bits: number | undefined, value: number): boolean {
  return bits === undefined || (value & bits) !== 0;
}
