import { pec } from "../../wire/smbus/pec.ts";
import type { SmbusTarget } from "../../wire/smbus/port.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX } from "../../wire/ssif/protocol.ts";

/** Whose blocks they are. It answers at once. */
export interface BlockOwner {
  /** Whether the address is acknowledged. */
  addressed(): boolean;
  /** A transaction begins with this command. False: it is not wanted, or not now. */
  command(command: number): boolean;
  /** A block of so many bytes is about to be written. False: it must not have that many. */
  announced(command: number, count: number): boolean;
  /** A whole block was written; `checked`: with a packet error code, which is right. */
  written(command: number, data: Uint8Array, checked: boolean): void;
  /** A write was cut, too long, or its packet error code wrong. */
  broken(command: number): void;
  /** The block that this command reads; undefined: there is none now. */
  block(command: number): Uint8Array | undefined;
  /** All bytes of that block were given. */
  given(command: number): void;
  alertTaken(): void;
}

/** Where a transaction is. @see SMBus 2.0 §5.5.7 */
const State = {
  /** Not addressed, or done with. */
  Idle: 0,
  Command: 1,
  Count: 2,
  Data: 3,
  /** All of the block is there; a packet error code may follow. */
  Whole: 4,
  /** Nothing more is wanted of this transaction. */
  Refused: 5,
  /** The block is given. */
  Giving: 6,
} as const;
type State = (typeof State)[keyof typeof State];

const NOTHING = 0xff;

/**
 * The slave's side of SMBus block writes and block reads. What came is judged at the STOP, or at
 * the START of what follows if the STOP was lost. A packet error code is recognised by its being
 * there, and given to whoever reads on for it. @see SMBus 2.0 §5.4, §5.5.7
 */
export class BlockSlave implements SmbusTarget {
  private readonly _owner: BlockOwner;
  private readonly _writeAddress: number;
  private readonly _hasPec: boolean;
  private readonly _bytes = new Uint8Array(BLOCK_BYTES_MAX);
  private _state: State = State.Idle;
  private _command = 0;
  private _count = 0;
  private _moved = 0;
  private _pec = 0;
  private _block: Uint8Array = this._bytes;

  /** `address` has 7 bits. */
  constructor(owner: BlockOwner, address: number, hasPec: boolean) {
    this._owner = owner;
    this._writeAddress = address << 1;
    this._hasPec = hasPec;
  }

  /** Forgets the transaction that runs. */
  reset(): void {
    this._state = State.Idle;
  }

  started(read: boolean): boolean {
    if (read && this._state === State.Count) return this.#startRead();
    this.#finish();
    if (read || !this._owner.addressed()) return false;
    this._pec = pec(0, this._writeAddress);
    this._state = State.Command;
    return true;
  }

  received(value: number): boolean {
    const before = this._pec;
    this._pec = pec(before, value);
    switch (this._state) {
      case State.Command:
        this._command = value;
        this._state = this._owner.command(value) ? State.Count : State.Refused;
        return this._state === State.Count;
      case State.Count:
        this._count = value;
        this._moved = 0;
        if (value === 0 || value > BLOCK_BYTES_MAX) return this.#refuse();
        if (!this._owner.announced(this._command, value)) return this.#refuse();
        this._state = State.Data;
        return true;
      case State.Data:
        this._bytes[this._moved++] = value;
        if (this._moved === this._count) this._state = State.Whole;
        return true;
      case State.Whole:
        // Once checked the code has been used up: no byte may follow.
        if (!this._hasPec || this._moved > this._count || value !== before) return this.#refuse();
        this._moved++;
        return true;
      case State.Idle:
      case State.Refused:
      case State.Giving:
        return false;
    }
  }

  requested(): number {
    if (this._state !== State.Giving) return NOTHING;
    const value = this.#next();
    this._pec = pec(this._pec, value);
    this._moved++;
    return value;
  }

  taken(): void {
    if (this._state === State.Giving && this._moved === this._count + 1) {
      this._owner.given(this._command);
    }
  }

  stopped(): void {
    this.#finish();
  }

  alertTaken(): void {
    this._owner.alertTaken();
  }

  #startRead(): boolean {
    const block = this._owner.block(this._command);
    this._state = block === undefined ? State.Refused : State.Giving;
    if (block === undefined) return false;
    this._block = block;
    this._count = block.length;
    this._moved = 0;
    this._pec = pec(this._pec, this._writeAddress | READ_BIT);
    return true;
  }

  /** The count, the bytes, the packet error code; nothing after that. */
  #next(): number {
    if (this._moved === 0) return this._count;
    if (this._moved <= this._count) return this._block[this._moved - 1] ?? NOTHING;
    return this._hasPec && this._moved === this._count + 1 ? this._pec : NOTHING;
  }

  #refuse(): boolean {
    this._state = State.Refused;
    this._owner.broken(this._command);
    return false;
  }

  #finish(): void {
    const state = this._state;
    this._state = State.Idle;
    if (state === State.Whole) {
      const data = this._bytes.subarray(0, this._count);
      this._owner.written(this._command, data, this._moved > this._count);
    } else if (state === State.Data) {
      this._owner.broken(this._command);
    }
  }
}
