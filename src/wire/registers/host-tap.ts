import type { HostRegister } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { hasBits, type RegisterLayout } from "./layout.ts";
import type { RegisterPort, TransactionTags } from "./port.ts";

/** The block that a tap records. */
export interface TappedBlock {
  readonly layout: RegisterLayout;
  /** Bytes from one register to the next. */
  readonly spacing: number;
  readonly tags: TransactionTags;
  /**
   * The host tells no tags (it is not ours), so that each transfer that begins on the wire counts
   * as a request of its own.
   */
  readonly numbersTransfers: boolean;
}

/**
 * Records what the host sees and does at a register block: reads with the value that reached the
 * host, writes with the value that left it. Faults of the wire lie behind the tap.
 */
export class RegisterHostTap implements RegisterPort {
  readonly #inner: RegisterPort;
  readonly #tracer: Tracer;
  readonly #block: TappedBlock;
  readonly #tags: TransactionTags;
  /** The names of the registers, by offset. */
  readonly #read: readonly (HostRegister | undefined)[];
  readonly #written: readonly (HostRegister | undefined)[];
  /** The next byte of a message is the first. */
  #firstByteNext = true;

  constructor(inner: RegisterPort, tracer: Tracer, block: TappedBlock) {
    this.#inner = inner;
    this.#tracer = tracer;
    this.#block = block;
    this.#tags = block.tags;
    this.#read = byOffset(block.layout.read, block.spacing);
    this.#written = byOffset(block.layout.written, block.spacing);
  }

  read(offset: number): number {
    const value = this.#inner.read(offset);
    const reg = this.#tracer.active ? this.#read[offset] : undefined;
    if (reg !== undefined) this.#tracer.emit({ n: 0, t: 0, e: "host.read", reg, value });
    return value;
  }

  write(offset: number, value: number): void {
    if (this.#block.numbersTransfers) this.#number(offset / this.#block.spacing, value);
    const reg = this.#tracer.active ? this.#written[offset] : undefined;
    if (reg !== undefined) {
      this.#tracer.emit({ n: 0, t: 0, e: "host.write", reg, value, tag: this.#tags.request });
    }
    this.#inner.write(offset, value);
  }

  #number(register: number, value: number): void {
    const { begins } = this.#block.layout;
    switch (begins.by) {
      case "code":
        if (register === begins.register && value === begins.code) this.#tags.request++;
        return;
      case "first byte":
        if (hasBits(begins.after, register, value)) this.#firstByteNext = true;
        if (register !== begins.register || !this.#firstByteNext) return;
        this.#firstByteNext = false;
        this.#tags.request++;
        return;
    }
  }
}

function byOffset(registers: RegisterLayout["read"], spacing: number): HostRegister[] {
  const names: HostRegister[] = [];
  for (const name of REGISTER_NAMES) {
    const register = registers[name];
    if (register !== undefined) names[register * spacing] = name;
  }
  return names;
}

const REGISTER_NAMES = [
  ...["data", "status", "command", "control", "flags", "intmask"],
] as const satisfies readonly HostRegister[];
