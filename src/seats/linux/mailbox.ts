/**
 * Registers of the mailbox, as offsets from its start (20h of BAR 0). The program in the guest
 * takes its code from here and says here what it does; none of it is on the IPMI wire.
 */
const MailboxRegister = {
  /** Write, 1 to 4 bytes: bytes of the agent's report, lowest first. */
  Report: 0x00,
  /** Write, 4 bytes: CLOCK_MONOTONIC of the guest in µs, its low 32 bits. */
  Tick: 0x04,
  /** Read, 1 to 4 bytes: the next bytes of the program's stream. */
  Program: 0x08,
  /** Read, 4 bytes: MAGIC. */
  Magic: 0x0c,
  /** Read, 4 bytes: 1 when the kernel is to panic, and 0 else. */
  Order: 0x10,
} as const;

/** "BSBD": how the loader knows that the BAR it found is ours. */
export const MAGIC = 0x4442_5342;

/** A step of the 32-bit clock which is longer than this is a step back. */
const TICK_STEP_MAX = 0x8000_0000;

export interface MailboxReceiver {
  report(byte: number): void;
  tick(guestUs: number): void;
  /** Asked by a program that obeys, at each tick: true makes the kernel panic at once. */
  panics?(): boolean;
}

/** The agent's side channel. The program's stream is its length in 4 bytes, then its code. */
export class Mailbox {
  readonly #receiver: MailboxReceiver;
  readonly #stream: Uint8Array;
  #taken = 0;
  #guestUs = 0;

  constructor(program: Uint8Array, receiver: MailboxReceiver) {
    this.#receiver = receiver;
    this.#stream = new Uint8Array(4 + program.length);
    new DataView(this.#stream.buffer).setUint32(0, program.length, true);
    this.#stream.set(program, 4);
  }

  read(offset: number, size: number): number {
    if (offset === MailboxRegister.Program) return this.#nextOfProgram(size);
    if (offset === MailboxRegister.Magic) return size === 4 ? MAGIC : MAGIC & (0x100 ** size - 1);
    if (offset === MailboxRegister.Order) return this.#receiver.panics?.() === true ? 1 : 0;
    return 0x100 ** size - 1;
  }

  write(offset: number, size: number, value: number): void {
    if (offset === MailboxRegister.Tick && size === 4) this.#tick(value >>> 0);
    if (offset !== MailboxRegister.Report) return;
    for (let at = 0; at < size; at++) this.#receiver.report((value >>> (8 * at)) & 0xff);
  }

  #nextOfProgram(size: number): number {
    let value = 0;
    for (let at = 0; at < size; at++) {
      value += (this.#stream[this.#taken + at] ?? 0) * 0x100 ** at;
    }
    this.#taken = Math.min(this.#taken + size, this.#stream.length);
    return value;
  }

  /** Extends the guest's 32-bit microseconds, which wrap every 71 minutes; never goes back. */
  #tick(low: number): void {
    const step = (low - this.#guestUs) >>> 0;
    if (step >= TICK_STEP_MAX) return;
    this.#guestUs += step;
    this.#receiver.tick(this.#guestUs);
  }
}
