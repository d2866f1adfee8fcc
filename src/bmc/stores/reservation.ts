const ID_MAX = 0xffff;

/**
 * The reservation of one record store. There is at most one; each new one, and each change that
 * may move or renumber records, cancels it. @see IPMI 2.0 §31.4, §33.11
 */
export class Reservation {
  #last = 0;
  #held = false;

  /** A new id, never 0000h. */
  reserve(): number {
    this.#last = this.#last === ID_MAX ? 1 : this.#last + 1;
    this.#held = true;
    return this.#last;
  }

  cancel(): void {
    this.#held = false;
  }

  holds(id: number): boolean {
    return this.#held && id === this.#last;
  }
}
