/** The sequence numbers that one machine uses. */
export interface SequenceRange {
  readonly first: number;
  readonly count: number;
}

/**
 * The numbers of a running system and those of a panic are not the same ones: answers to what was
 * under way as the system crashed come to the panic.
 */
export const RUNNING_SEQUENCES: SequenceRange = { first: 0x00, count: 0x80 };
export const PANIC_SEQUENCES: SequenceRange = { first: 0x80, count: 0x80 };

/**
 * Gives out sequence numbers in turn, but none to which an answer may still come: the BMC has the
 * whole request-to-response time for an answer, whoever waits for it. @see IPMI 2.0 §11.4
 */
export class BtSequence {
  private readonly _range: SequenceRange;
  /** When each number is free again; Infinity while its request is under way. */
  private readonly _freeUs: Float64Array;
  private _next = 0;

  constructor(range: SequenceRange) {
    this._range = range;
    this._freeUs = new Float64Array(range.count);
  }

  /** The next free number; if none is, the one that will be free first. */
  take(nowUs: number): number {
    const { first, count } = this._range;
    let best = this._next;
    for (let i = 1; i < count && this.#freeAt(best) > nowUs; i++) {
      const index = (this._next + i) % count;
      if (this.#freeAt(index) < this.#freeAt(best)) best = index;
    }
    this._freeUs[best] = Number.POSITIVE_INFINITY;
    this._next = (best + 1) % count;
    return first + best;
  }

  /** No answer comes to this number before `us`, and none after. */
  release(seq: number, us: number): void {
    this._freeUs[seq - this._range.first] = us;
  }

  #freeAt(index: number): number {
    return this._freeUs[index] ?? 0;
  }
}
