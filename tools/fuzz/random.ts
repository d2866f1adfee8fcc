/** Draws that a seed repeats, on every machine. No cryptography. */
export class Random {
  #state: number;

  /** `stream` keeps apart what is drawn for different ends of one seed. */
  constructor(seed: number, stream = 0) {
    this.#state =
      (Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(stream, 0xc2b2_ae35)) >>> 0;
    for (let mixed = 0; mixed < 4; mixed++) this.bits();
  }

  /** 32 bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return limit <= 1 ? 0 : this.bits() % limit;
  }

  byte(): number {
    return this.bits() & 0xff;
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return this.bits() / 0x1_0000_0000 < probability;
  }

  /** One of them, each as likely; name one twice to have it twice as often. */
  pick<T>(from: readonly [T, ...T[]]): T;
  pick<T>(from: readonly T[]): T | undefined;
  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.byte());
  }
}
