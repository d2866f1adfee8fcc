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
  private readonly _bus: SmbusPort;
  private readonly _writeAddress: number;
  private readonly _bytes = new Uint8Array(BLOCK_BYTES_MAX);
  private _state: State = State.Idle;
  private _command = 0;
  private _reads = false;
  private _usesPec = false;
  private _count = 0;
  private _moved = 0;
  private _pec = 0;

  /** `address` has 7 bits. */
  constructor(bus: SmbusPort, address: number) {
    this._bus = bus;
    this._writeAddress = address << 1;
  }

  beginWrite(command: number, bytes: Uint8Array, usesPec: boolean): void {
    assert(bytes.length >= 1 && bytes.length <= BLOCK_BYTES_MAX, "a block has 1 to 32 bytes");
    this._bytes.set(bytes);
    this._count = bytes.length;
    this.#begin(command, false, usesPec);
  }

  beginRead(command: number, usesPec: boolean): void {
    this._count = 0;
    this.#begin(command, true, usesPec);
  }

  /** What was read; valid until the next begin. */
  get data(): Uint8Array {
    return this._bytes.subarray(0, this._count);
  }

  /** All bytes of a write were put on the bus: the slave may take them for a whole block. */
  get allSent(): boolean {
    return !this._reads && this._moved === this._count;
  }

  /** A block was begun, and is not over. */
  get open(): boolean {
    return this._state !== State.Idle;
  }

  /** Forgets the block that runs; the bus is not touched. */
  reset(): void {
    this._state = State.Idle;
  }

  step(): Progress {
    switch (this._state) {
      case State.Idle:
        assert(false, "a block was begun");
        break;
      case State.Start:
        return this.#sent(this.#start(this._writeAddress), State.Command);
      case State.Command:
        return this.#sent(this.#write(this._command), State.Count);
      case State.Count:
        return this._reads ? this.#readCount() : this.#sent(this.#write(this._count), State.Data);
      case State.Data:
        return this._reads ? this.#readData() : this.#writeData();
      case State.Pec:
        return this._reads ? this.#readPec() : this.#sent(this._bus.write(this._pec), State.Idle);
    }
  }

  #begin(command: number, reads: boolean, usesPec: boolean): void {
    assert(this._state === State.Idle, "one block at a time");
    this._command = command;
    this._reads = reads;
    this._usesPec = usesPec;
    this._moved = 0;
    this._pec = 0;
    this._state = State.Start;
  }

  /** Something was sent; `next` is Idle after the last byte. */
  #sent(bus: Bus, next: State): Progress {
    if (bus !== Bus.Ack) return this.#fail(bus);
    this._state = next;
    if (next !== State.Idle) return Progress.Running;
    return this._bus.stop() === Bus.TimedOut ? Progress.TimedOut : Progress.Done;
  }

  #writeData(): Progress {
    const byte = this._bytes[this._moved] ?? 0;
    this._moved++;
    const bus = this.#write(byte);
    if (this._moved < this._count) return this.#sent(bus, State.Data);
    return this.#sent(bus, this._usesPec ? State.Pec : State.Idle);
  }

  /** The repeated START, and how many bytes the slave has. */
  #readCount(): Progress {
    const bus = this.#start(this._writeAddress | READ_BIT);
    if (bus !== Bus.Ack) return this.#fail(bus);
    const count = this.#take(true);
    if (count === Bus.Lost || count === Bus.TimedOut) return this.#fail(count);
    if (count === 0 || count > BLOCK_BYTES_MAX) return this.#end(Progress.BadCount);
    this._count = count;
    this._state = State.Data;
    return Progress.Running;
  }

  #readData(): Progress {
    const last = this._moved === this._count - 1;
    const byte = this.#take(!last || this._usesPec);
    if (byte === Bus.Lost || byte === Bus.TimedOut) return this.#fail(byte);
    this._bytes[this._moved] = byte;
    this._moved++;
    if (!last) return Progress.Running;
    if (!this._usesPec) return this.#end(Progress.Done);
    this._state = State.Pec;
    return Progress.Running;
  }

  #readPec(): Progress {
    const expected = this._pec;
    const byte = this.#take(false);
    if (byte === Bus.Lost || byte === Bus.TimedOut) return this.#fail(byte);
    return this.#end(byte === expected ? Progress.Done : Progress.BadPec);
  }

  #start(addressByte: number): Bus {
    this._pec = pec(this._pec, addressByte);
    return this._bus.start(addressByte);
  }

  #write(byte: number): Bus {
    this._pec = pec(this._pec, byte);
    return this._bus.write(byte);
  }

  #take(ack: boolean): number {
    const byte = this._bus.read(ack);
    this._pec = pec(this._pec, byte);
    return byte;
  }

  #fail(bus: Bus): Progress {
    if (bus === Bus.Lost) {
      this._state = State.Idle;
      return Progress.Lost;
    }
    return this.#end(bus === Bus.TimedOut ? Progress.TimedOut : Progress.Nack);
  }

  #end(progress: Progress): Progress {
    this._state = State.Idle;
    this._bus.stop();
    return progress;
  }
}
