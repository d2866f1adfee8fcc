import {
  BtRegisters,
  Bus,
  type BusClock,
  Control,
  KcsRegisters,
  READ_BIT,
  Smbus,
  SmicRegisters,
  SsifCommand,
  Status,
} from "../../src/wire/index.ts";

const KEPT_MAX = 600;

/**
 * The requests that the host's bytes spell, by a second and simpler reading of the wire: what a BMC
 * carries out must be among them. It allows more than a BMC must.
 */
export class Spelt {
  readonly #recent: string[] = [];

  add(message: readonly number[]): void {
    this.#recent.push(message.join());
    if (this.#recent.length > KEPT_MAX) this.#recent.shift();
  }

  has(message: Uint8Array): boolean {
    return this.#recent.includes(message.join());
  }
}

/** A KCS block that reads along as the BMC takes bytes. */
export class SpellingKcs extends KcsRegisters {
  readonly #spelt: Spelt;
  #phase: "none" | "write" | "end" = "none";
  #bytes: number[] = [];

  constructor(spacing: 1 | 4 | 16, spelt: Spelt) {
    super({ spacing });
    this.#spelt = spelt;
  }

  override readInput(): number {
    const status = this.readStatus();
    const value = super.readInput();
    if ((status & Status.Ibf) === 0) return value;
    if ((status & Status.Cd) !== 0) this.#code(value);
    else if (this.#phase === "write") this.#bytes.push(value);
    else if (this.#phase === "end") {
      this.#spelt.add([...this.#bytes, value]);
      this.#phase = "none";
    }
    return value;
  }

  #code(value: number): void {
    if (value === Control.WriteStart) {
      this.#phase = "write";
      this.#bytes = [];
    } else if (value === Control.WriteEnd && this.#phase === "write" && this.#bytes.length > 0) {
      this.#phase = "end";
    } else this.#phase = "none";
  }
}

/** The operation and the stream of a SMIC control code. @see IPMI 2.0 §10.9 */
const SmicCode = { Operation: 0x1f, Stream: 0xe0, Start: 1, Next: 2, End: 3 } as const;

/** A SMIC block that reads along as the BMC takes bytes. */
export class SpellingSmic extends SmicRegisters {
  readonly #spelt: Spelt;
  #bytes: number[] | undefined;
  #stream = 0;
  #code = 0;

  constructor(spacing: 1 | 4 | 16, spelt: Spelt) {
    super({ spacing });
    this.#spelt = spelt;
  }

  override readControl(): number {
    this.#code = super.readControl();
    const operation = this.#code & SmicCode.Operation;
    const strange = operation <= SmicCode.Start || operation > SmicCode.End;
    if (operation !== 0 && (strange || (this.#code & SmicCode.Stream) !== this.#stream)) {
      this.#bytes = undefined;
    }
    return this.#code;
  }

  override readData(): number {
    const value = super.readData();
    const operation = this.#code & SmicCode.Operation;
    if (operation === SmicCode.Start) {
      this.#stream = this.#code & SmicCode.Stream;
      this.#bytes = [value];
    } else if (operation === SmicCode.Next) this.#bytes?.push(value);
    else if (operation === SmicCode.End && this.#bytes !== undefined) {
      this.#spelt.add([...this.#bytes, value]);
      this.#bytes = undefined;
    }
    return value;
  }
}

const CLEAR_READ_POINTER = 0x02;

/** A BT block that reads along as the BMC takes bytes: Length, NetFn, Seq, Cmd, data. */
export class SpellingBt extends BtRegisters {
  readonly #spelt: Spelt;
  #bytes: number[] = [];

  constructor(
    setting: { spacing: 1 | 4 | 16; fifoBytes: number; hardwareReset: boolean },
    spelt: Spelt,
  ) {
    super(setting);
    this.#spelt = spelt;
  }

  override writeControl(bits: number): void {
    if ((bits & CLEAR_READ_POINTER) !== 0) this.#bytes = [];
    super.writeControl(bits);
  }

  override readFifo(): number {
    const value = super.readFifo();
    this.#bytes.push(value);
    const [length = 0, netFn = 0, , ...rest] = this.#bytes;
    if (this.#bytes.length === length + 1 && length >= 3) this.#spelt.add([netFn, ...rest]);
    return value;
  }
}

/** A bus that reads along with the master. */
export class SpellingBus extends Smbus {
  readonly #address: number;
  readonly #spelt: Spelt;
  /** The bytes of the write that runs, from the command on. */
  #block: number[] | undefined;
  #message: number[] | undefined;

  constructor(clock: BusClock, address: number, spelt: Spelt) {
    super(clock);
    this.#address = address << 1;
    this.#spelt = spelt;
  }

  override start(addressByte: number): Bus {
    const readsOn = addressByte === (this.#address | READ_BIT) && this.#block?.length === 1;
    if (!readsOn) this.#end();
    // What stands before it must be in the book when the slave hears of its end.
    const outcome = super.start(addressByte);
    this.#block = addressByte === this.#address && outcome === Bus.Ack ? [] : undefined;
    return outcome;
  }

  override write(value: number): Bus {
    const outcome = super.write(value);
    this.#block?.push(value);
    return outcome;
  }

  override stop(): Bus {
    this.#end();
    return super.stop();
  }

  #end(): void {
    const [command, count = 0, ...data] = this.#block ?? [];
    this.#block = undefined;
    if (command === undefined || command < SsifCommand.SinglePartWrite) return;
    const whole = count >= 1 && (data.length === count || data.length === count + 1);
    const part = data.slice(0, count);
    if (command === SsifCommand.SinglePartWrite) {
      this.#message = undefined;
      if (whole) this.#spelt.add(part);
    } else if (command === SsifCommand.WriteStart) this.#message = whole ? part : undefined;
    else if (command === SsifCommand.WriteMiddle || command === SsifCommand.WriteEnd) {
      this.#further(whole ? part : undefined, command === SsifCommand.WriteEnd);
    }
  }

  #further(part: readonly number[] | undefined, last: boolean): void {
    if (part === undefined || this.#message === undefined) {
      this.#message = undefined;
      return;
    }
    this.#message = [...this.#message, ...part];
    if (!last && part.length === 32) return;
    this.#spelt.add(this.#message);
    this.#message = undefined;
  }
}
