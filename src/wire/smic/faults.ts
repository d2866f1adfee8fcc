import { ActingFaults, type ActiveFault, FaultyLine } from "../acting-faults.ts";
import type { RegisterPort, TransactionTags } from "../registers/port.ts";
import { SmicFlag, SmicRegister } from "./protocol.ts";
import { SmiHandler, type SmiTransaction } from "./smi-handler.ts";

type Register = "data" | "control" | "flags";

/** What can go wrong between the two faces of a SMIC block. Counts are of register accesses. */
export type SmicWireFault =
  /** Bits of a register read as `level`, whatever the BMC wrote. */
  | { readonly kind: "stuck"; readonly reg: Register; readonly bits: number; readonly level: 0 | 1 }
  /** Each time that the host set BUSY, it reads 1 for `us` more; Infinity: it never clears. */
  | { readonly kind: "busy-late"; readonly us: number }
  /** The next `count` writes to `reg` do not arrive. */
  | { readonly kind: "lost-write"; readonly reg: Register | "any"; readonly count: number }
  /** The next `count` writes to `reg` arrive twice, the second time `us` after the first. */
  | {
      readonly kind: "repeated-write";
      readonly reg: Register | "any";
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
  | { readonly kind: "spurious-interrupt"; readonly us: number }
  /** Before the host's next access an SMI handler makes a transaction of its own on the block. */
  | ({ readonly kind: "smi" } & SmiTransaction);

/** What the wire needs of the time in which it breaks. All in µs. */
export interface SmicFaultTime {
  now(): number;
  later(us: number, run: () => void): void;
  /** Lets time pass in the middle of a host's access, while the BMC goes on. */
  elapse(us: number): void;
}

const REGISTERS: Readonly<Record<Register, number>> = {
  data: SmicRegister.Data,
  control: SmicRegister.Control,
  flags: SmicRegister.Flags,
};

/** A port that breaks, on purpose, what passes through it. With no fault active it only passes on. */
export class FaultySmicPort implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #spacing: number;
  readonly #time: SmicFaultTime;
  readonly #acting = new ActingFaults<SmicWireFault>();
  readonly #line = new FaultyLine();
  readonly #smiHandler: SmiHandler;
  #busyUntilUs = 0;

  constructor(
    inner: RegisterPort,
    block: { readonly spacing: number; readonly tags: TransactionTags },
    time: SmicFaultTime,
  ) {
    const { spacing, tags } = block;
    this.#inner = inner;
    this.#spacing = spacing;
    this.#time = time;
    this.#line.cut = () => this.#acting.all().some((a) => a.fault.kind === "missing-interrupt");
    this.#smiHandler = new SmiHandler({ port: inner, spacing, tags, elapse: () => time.elapse(1) });
  }

  /** Lets a fault act from now until it is ended or its count is used up (then `ended`). */
  inject(fault: SmicWireFault, ended: () => void = () => {}): ActiveFault<SmicWireFault> {
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
    this.#interrupt();
    const acting = this.#acting.all();
    for (const { fault } of acting) if (fault.kind === "absent") return fault.value;
    let value = this.#inner.read(offset);
    for (const each of acting) {
      const { fault } = each;
      if (fault.kind === "stuck" && this.#matches(fault.reg, offset)) {
        value = fault.level === 1 ? value | fault.bits : value & ~fault.bits;
      }
      const corrupts = fault.kind === "corrupt" && fault.direction === "read" && offset === 0;
      if (corrupts && each.take()) value ^= fault.xor;
    }
    const late = this.#time.now() < this.#busyUntilUs && this.#matches("flags", offset);
    return late ? value | SmicFlag.Busy : value;
  }

  write(offset: number, value: number): void {
    if (this.#acting.none) return this.#inner.write(offset, value);
    this.#interrupt();
    let repeatUs: number | undefined;
    for (const acting of this.#acting.all()) {
      const { fault } = acting;
      const matches = "reg" in fault && this.#matches(fault.reg, offset);
      if (fault.kind === "absent") return;
      if (fault.kind === "lost-write" && matches && acting.take()) return;
      if (fault.kind === "repeated-write" && matches && acting.take()) repeatUs = fault.us;
      if (fault.kind === "busy-late" && this.#matches("flags", offset)) {
        this.#busyUntilUs = this.#time.now() + fault.us;
      }
      const corrupts = fault.kind === "corrupt" && fault.direction === "write" && offset === 0;
      if (corrupts && acting.take()) value ^= fault.xor;
    }
    this.#inner.write(offset, value);
    if (repeatUs !== undefined) this.#time.later(repeatUs, () => this.#inner.write(offset, value));
  }

  /** The processor goes to the SMI handler before it makes the access. */
  #interrupt(): void {
    for (const acting of this.#acting.all()) {
      if (acting.fault.kind !== "smi") continue;
      this.#smiHandler.run(acting.fault);
      acting.end();
    }
  }

  #matches(reg: Register | "any", offset: number): boolean {
    return reg === "any" || REGISTERS[reg] * this.#spacing === offset;
  }
}
