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
  readonly #owner: BlockOwner;
  readonly #writeAddress: number;
  readonly #hasPec: boolean;
  readonly #bytes = new Uint8Array(BLOCK_BYTES_MAX);
  #state: State = State.Idle;
  #command = 0;
  #count = 0;
  #moved = 0;
  #pec = 0;
  #block: Uint8Array = this.#bytes;

  /** `address` has 7 bits. */
  constructor(owner: BlockOwner, address: number, hasPec: boolean) {
    this.#owner = owner;
    this.#writeAddress = address << 1;
    this.#hasPec = hasPec;
  }

  /** Forgets the transaction that runs. */
  reset(): void {
    this.#state = State.Idle;
  }

  started(read: boolean): boolean {
    if (read && this.#state === State.Count) return this.#startRead();
    this.#finish();
    if (read || !this.#owner.addressed()) return false;
    this.#pec = pec(0, this.#writeAddress);
    this.#state = State.Command;
    return true;
  }

  received(value: number): boolean {
    const before = this.#pec;
    this.#pec = pec(before, value);
    switch (this.#state) {
      case State.Command:
        this.#command = value;
        this.#state = this.#owner.command(value) ? State.Count : State.Refused;
        return this.#state === State.Count;
      case State.Count:
        this.#count = value;
        this.#moved = 0;
        if (value === 0 || value > BLOCK_BYTES_MAX) return this.#refuse();
        if (!this.#owner.announced(this.#command, value)) return this.#refuse();
        this.#state = State.Data;
        return true;
      case State.Data:
        this.#bytes[this.#moved++] = value;
        if (this.#moved === this.#count) this.#state = State.Whole;
        return true;
      case State.Whole:
        // Once checked the code has been used up: no byte may follow.
        if (!this.#hasPec || this.#moved > this.#count || value !== before) return this.#refuse();
        this.#moved++;
        return true;
      case State.Idle:
      case State.Refused:
      case State.Giving:
        return false;
    }
  }

  requested(): number {
    if (this.#state !== State.Giving) return NOTHING;
    const value = this.#next();
    this.#pec = pec(this.#pec, value);
    this.#moved++;
    return value;
  }

  taken(): void {
    if (this.#state === State.Giving && this.#moved === this.#count + 1) {
      this.#owner.given(this.#command);
    }
  }

  stopped(): void {
    this.#finish();
  }

  alertTaken(): void {
    this.#owner.alertTaken();
  }

  #startRead(): boolean {
    const block = this.#owner.block(this.#command);
    this.#state = block === undefined ? State.Refused : State.Giving;
    if (block === undefined) return false;
    this.#block = block;
    this.#count = block.length;
    this.#moved = 0;
    this.#pec = pec(this.#pec, this.#writeAddress | READ_BIT);
    return true;
  }

  /** The count, the bytes, the packet error code; nothing after that. */
  #next(): number {
    if (this.#moved === 0) return this.#count;
    if (this.#moved <= this.#count) return this.#block[this.#moved - 1] ?? NOTHING;
    return this.#hasPec && this.#moved === this.#count + 1 ? this.#pec : NOTHING;
  }

  #refuse(): boolean {
    this.#state = State.Refused;
    this.#owner.broken(this.#command);
    return false;
  }

  #finish(): void {
    const state = this.#state;
    this.#state = State.Idle;
    if (state === State.Whole) {
      const data = this.#bytes.subarray(0, this.#count);
      this.#owner.written(this.#command, data, this.#moved > this.#count);
    } else if (state === State.Data) {
      this.#owner.broken(this.#command);
    }
  }
}
