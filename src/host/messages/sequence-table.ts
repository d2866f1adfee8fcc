/** IPMB has six bits for sequence numbers. @see IPMI 2.0 §7.3 */
const SEQUENCES = 64;

/** Hands out sequence numbers in turn, so that a number comes back as late as possible. */
export class SequenceTable<T> {
  readonly #entries: (T | undefined)[] = new Array<T | undefined>(SEQUENCES).fill(undefined);
  #next = 0;
  #count = 0;

  get full(): boolean {
    return this.#count === SEQUENCES;
  }

  get count(): number {
    return this.#count;
  }

  /** Keeps what `make` makes of a free number; undefined when there is none. */
  add(make: (sequence: number) => T): T | undefined {
    for (let tried = 0; tried < SEQUENCES; tried++) {
      const sequence = (this.#next + tried) % SEQUENCES;
      if (this.#entries[sequence] !== undefined) continue;
      const entry = make(sequence);
      this.#entries[sequence] = entry;
      this.#next = (sequence + 1) % SEQUENCES;
      this.#count++;
      return entry;
    }
    return undefined;
  }

  at(sequence: number): T | undefined {
    return this.#entries[sequence];
  }

  /** Frees the number if `entry` still has it: a late caller must not free its successor. */
  remove(sequence: number, entry: T): boolean {
    if (this.#entries[sequence] !== entry) return false;
    this.#entries[sequence] = undefined;
    this.#count--;
    return true;
  }

  entries(): readonly T[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }
}
