import { assert } from "../../../assert.ts";
import { pec } from "../../../wire/smbus/pec.ts";
import { Bus, type SmbusPort } from "../../../wire/smbus/port.ts";
import { READ_BIT } from "../../../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX } from "../../../wire/ssif/protocol.ts";

/** How far a block is. */
export const Progress = {
  /** There is more to do at once. */
  Running: 0,
  Done: 1,
  /** The slave did not want an address or a byte. */
  Nack: 2,
  /** Another master has the bus. */
  Lost: 3,
  /** The clock was held for too long. */
  TimedOut: 4,
  /** The packet error code of what was read is wrong. */
  BadPec: 5,
  /** The slave gave a count of 0 or of more than 32. */
  BadCount: 6,
} as const;
export type Progress = (typeof Progress)[keyof typeof Progress];

const State = { Idle: 0, Start: 1, Command: 2, Count: 3, Data: 4, Pec: 5 } as const;
type State = (typeof State)[keyof typeof State];

/**
 * One SMBus block write or block read, byte by byte: at most three steps of the bus in each of its
 * own. A transaction that fails is ended by a STOP, unless the bus is another's.
 * @see SMBus 2.0 §5.5.7
 */
export class SmbusBlock {
  readonly #bus: SmbusPort;
  readonly #writeAddress: number;
  readonly #bytes = new Uint8Array(BLOCK_BYTES_MAX);
  #state: State = State.Idle;
  #command = 0;
  #reads = false;
  #usesPec = false;
  #count = 0;
  #moved = 0;
  #pec = 0;

  /** `address` has 7 bits. */
  constructor(bus: SmbusPort, address: number) {
    this.#bus = bus;
    this.#writeAddress = address << 1;
  }

  beginWrite(command: number, bytes: Uint8Array, usesPec: boolean): void {
    assert(bytes.length >= 1 && bytes.length <= BLOCK_BYTES_MAX, "a block has 1 to 32 bytes");
    this.#bytes.set(bytes);
    this.#count = bytes.length;
    this.#begin(command, false, usesPec);
  }

  beginRead(command: number, usesPec: boolean): void {
    this.#count = 0;
    this.#begin(command, true, usesPec);
  }

  /** What was read; valid until the next begin. */
  get data(): Uint8Array {
    return this.#bytes.subarray(0, this.#count);
  }

  /** All bytes of a write were put on the bus: the slave may take them for a whole block. */
  get allSent(): boolean {
    return !this.#reads && this.#moved === this.#count;
  }

  /** Forgets the block that runs; the bus is not touched. */
  reset(): void {
    this.#state = State.Idle;
  }

  step(): Progress {
    switch (this.#state) {
      case State.Idle:
        assert(false, "a block was begun");
        break;
      case State.Start:
        return this.#sent(this.#start(this.#writeAddress), State.Command);
      case State.Command:
        return this.#sent(this.#write(this.#command), State.Count);
      case State.Count:
        return this.#reads ? this.#readCount() : this.#sent(this.#write(this.#count), State.Data);
      case State.Data:
        return this.#reads ? this.#readData() : this.#writeData();
      case State.Pec:
        return this.#reads ? this.#readPec() : this.#sent(this.#bus.write(this.#pec), State.Idle);
    }
  }

  #begin(command: number, reads: boolean, usesPec: boolean): void {
    assert(this.#state === State.Idle, "one block at a time");
    this.#command = command;
    this.#reads = reads;
    this.#usesPec = usesPec;
    this.#moved = 0;
    this.#pec = 0;
    this.#state = State.Start;
  }

  /** Something was sent; `next` is Idle after the last byte. */
  #sent(bus: Bus, next: State): Progress {
    if (bus !== Bus.Ack) return this.#fail(bus);
    this.#state = next;
    if (next !== State.Idle) return Progress.Running;
    return this.#bus.stop() === Bus.TimedOut ? Progress.TimedOut : Progress.Done;
  }

  #writeData(): Progress {
    const byte = this.#bytes[this.#moved] ?? 0;
    this.#moved++;
    const bus = this.#write(byte);
    if (this.#moved < this.#count) return this.#sent(bus, State.Data);
    return this.#sent(bus, this.#usesPec ? State.Pec : State.Idle);
  }

  /** The repeated START, and how many bytes the slave has. */
  #readCount(): Progress {
    const bus = this.#start(this.#writeAddress | READ_BIT);
    if (bus !== Bus.Ack) return this.#fail(bus);
    const count = this.#take(true);
    if (count === Bus.Lost || count === Bus.TimedOut) return this.#fail(count);
    if (count === 0 || count > BLOCK_BYTES_MAX) return this.#end(Progress.BadCount);
    this.#count = count;
    this.#state = State.Data;
    return Progress.Running;
  }

  #readData(): Progress {
    const last = this.#moved === this.#count - 1;
    const byte = this.#take(!last || this.#usesPec);
    if (byte === Bus.Lost || byte === Bus.TimedOut) return this.#fail(byte);
    this.#bytes[this.#moved] = byte;
    this.#moved++;
    if (!last) return Progress.Running;
    if (!this.#usesPec) return this.#end(Progress.Done);
    this.#state = State.Pec;
    return Progress.Running;
  }

  #readPec(): Progress {
    const expected = this.#pec;
    const byte = this.#take(false);
    if (byte === Bus.Lost || byte === Bus.TimedOut) return this.#fail(byte);
    return this.#end(byte === expected ? Progress.Done : Progress.BadPec);
  }

  #start(addressByte: number): Bus {
    this.#pec = pec(this.#pec, addressByte);
    return this.#bus.start(addressByte);
  }

  #write(byte: number): Bus {
    this.#pec = pec(this.#pec, byte);
    return this.#bus.write(byte);
  }

  #take(ack: boolean): number {
    const byte = this.#bus.read(ack);
    this.#pec = pec(this.#pec, byte);
    return byte;
  }

  #fail(bus: Bus): Progress {
    if (bus === Bus.Lost) {
      this.#state = State.Idle;
      return Progress.Lost;
    }
    return this.#end(bus === Bus.TimedOut ? Progress.TimedOut : Progress.Nack);
  }

  #end(progress: Progress): Progress {
    this.#state = State.Idle;
    this.#bus.stop();
    return progress;
  }
}
