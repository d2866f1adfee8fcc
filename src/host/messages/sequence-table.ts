/** IPMB has six bits for sequence numbers. @see IPMI 2.0 §7.3 */
const SEQUENCES = 64;

/** Hands out sequence numbers in turn, so that a number comes back as late as possible. */
export class SequenceTable<T> {
  private readonly _entries: (T | undefined)[] = new Array<T | undefined>(SEQUENCES).fill(
    undefined,
  );
  private _next = 0;
  private _count = 0;

  get full(): boolean {
    return this._count === SEQUENCES;
  }

  get count(): number {
    return this._count;
  }

  /** Keeps what `make` makes of a free number; undefined when there is none. */
  add(make: (sequence: number) => T): T | undefined {
    for (let tried = 0; tried < SEQUENCES; tried++) {
      const sequence = (this._next + tried) % SEQUENCES;
      if (this._entries[sequence] !== undefined) continue;
      const entry = make(sequence);
      this._entries[sequence] = entry;
      this._next = (sequence + 1) % SEQUENCES;
      this._count++;
      return entry;
    }
    return undefined;
  }

  at(sequence: number): T | undefined {
    return this._entries[sequence];
  }

  /** Frees the number if `entry` still has it: a late caller must not free its successor. */
  remove(sequence: number, entry: T): boolean {
    if (this._entries[sequence] !== entry) return false;
    this._entries[sequence] = undefined;
    this._count--;
    return true;
  }

  entries(): readonly T[] {
    return this._entries.filter((entry) => entry !== undefined);
  }
}
