import { type Acting, ActingFaults, type ActiveFault, FaultyLine } from "../acting-faults.ts";
import type { RegisterPort } from "../registers/port.ts";
import { Status } from "./protocol.ts";

/** What can go wrong between the two faces of a KCS block. Counts are of register accesses. */
export type KcsWireFault =
  /** Bits of a register read as `level`, whatever the BMC wrote. */
  | { readonly kind: "stuck"; readonly reg: Register; readonly bits: number; readonly level: 0 | 1 }
  /** After each host write, IBF reads 1 for `us` more; Infinity: it never clears. */
  | { readonly kind: "ibf-late"; readonly us: number }
  /** The next `count` writes to `reg` do not arrive. */
  | { readonly kind: "lost-write"; readonly reg: WriteRegister; readonly count: number }
  /** The next `count` writes to `reg` arrive twice, the second time `us` after the first. */
  | {
      readonly kind: "repeated-write";
      readonly reg: WriteRegister;
      readonly count: number;
      readonly us: number;
    }
  /** The next `count` bytes read from or written to Data are exclusive-ored with `xor`. */
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

type Register = "data" | "status";
type WriteRegister = "data" | "command" | "any";

/** A port that breaks, on purpose, what passes through it. With no fault active it only passes on. */
export class FaultyKcsPort implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #spacing: number;
  readonly #now: () => number;
  readonly #acting = new ActingFaults<KcsWireFault>();
  readonly #line = new FaultyLine();
  readonly #later: (us: number, run: () => void) => void;
  #ibfUntilUs = 0;

  constructor(
    inner: RegisterPort,
    spacing: number,
    time: { now: () => number; later: (us: number, run: () => void) => void },
  ) {
    this.#inner = inner;
    this.#spacing = spacing;
    this.#now = time.now;
    this.#later = time.later;
    this.#line.cut = () => {
      return this.#acting.all().some(({ fault }) => fault.kind === "missing-interrupt");
    };
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: KcsWireFault, ended: () => void = () => {}): ActiveFault<KcsWireFault> {
    const acting = this.#acting.add(fault, ended);
    if (fault.kind === "spurious-interrupt") {
      this.#line.raise();
      this.#later(fault.us, () => acting.end());
      this.#later(fault.us, () => this.#line.settle());
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
    for (const { fault } of this.#acting.all()) if (fault.kind === "absent") return fault.value;
    let value = this.#inner.read(offset);
    const isStatus = offset === this.#spacing;
    for (const acting of this.#acting.all()) value = this.#distortRead(acting, isStatus, value);
    if (isStatus && this.#now() < this.#ibfUntilUs) value |= Status.Ibf;
    return value;
  }

  write(offset: number, value: number): void {
    if (this.#acting.none) return this.#inner.write(offset, value);
    let repeatUs: number | undefined;
    for (const acting of this.#acting.all()) {
      const fault = acting.fault;
      const matches = "reg" in fault && this.#matches(fault.reg, offset);
      if (fault.kind === "absent") return;
      if (fault.kind === "lost-write" && matches && acting.take()) return;
      if (fault.kind === "repeated-write" && matches && acting.take()) repeatUs = fault.us;
      if (fault.kind === "ibf-late") this.#ibfUntilUs = this.#now() + fault.us;
      if (fault.kind === "corrupt" && fault.direction === "write" && offset === 0) {
        if (acting.take()) value ^= fault.xor;
      }
    }
    this.#inner.write(offset, value);
    if (repeatUs !== undefined) this.#later(repeatUs, () => this.#inner.write(offset, value));
  }

  #distortRead(acting: Acting<KcsWireFault>, isStatus: boolean, value: number): number {
    const fault = acting.fault;
    if (fault.kind === "stuck" && (fault.reg === "status") === isStatus) {
      return fault.level === 1 ? value | fault.bits : value & ~fault.bits;
    }
    if (fault.kind === "corrupt" && fault.direction === "read" && !isStatus && acting.take()) {
      return value ^ fault.xor;
    }
    return value;
  }

  #matches(reg: Register | WriteRegister, offset: number): boolean {
    return reg === "any" || (reg === "data") === (offset === 0);
  }
}
