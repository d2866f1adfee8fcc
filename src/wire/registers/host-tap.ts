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
  private readonly _inner: RegisterPort;
  private readonly _tracer: Tracer;
  private readonly _block: TappedBlock;
  private readonly _tags: TransactionTags;
  /** The names of the registers, by offset. */
  private readonly _read: readonly (HostRegister | undefined)[];
  private readonly _written: readonly (HostRegister | undefined)[];
  /** The next byte of a message is the first. */
  private _firstByteNext = true;

  constructor(inner: RegisterPort, tracer: Tracer, block: TappedBlock) {
    this._inner = inner;
    this._tracer = tracer;
    this._block = block;
    this._tags = block.tags;
    this._read = byOffset(block.layout.read, block.spacing);
    this._written = byOffset(block.layout.written, block.spacing);
  }

  read(offset: number): number {
    const value = this._inner.read(offset);
    const reg = this._tracer.active ? this._read[offset] : undefined;
    if (reg !== undefined) this._tracer.emit({ n: 0, t: 0, e: "host.read", reg, value });
    return value;
  }

  write(offset: number, value: number): void {
    if (this._block.numbersTransfers) this.#number(offset / this._block.spacing, value);
    const reg = this._tracer.active ? this._written[offset] : undefined;
    if (reg !== undefined) {
      this._tracer.emit({ n: 0, t: 0, e: "host.write", reg, value, tag: this._tags.request });
    }
    this._inner.write(offset, value);
  }

  #number(register: number, value: number): void {
    const { begins } = this._block.layout;
    switch (begins.by) {
      case "code":
        if (register === begins.register && value === begins.code) this._tags.request++;
        return;
      case "first byte":
        if (hasBits(begins.after, register, value)) this._firstByteNext = true;
        if (register !== begins.register || !this._firstByteNext) return;
        this._firstByteNext = false;
        this._tags.request++;
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
