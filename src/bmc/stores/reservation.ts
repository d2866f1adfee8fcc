const ID_MAX = 0xffff;

/**
 * The reservation of one record store. There is at most one; each new one, and each change that
 * may move or renumber records, cancels it. @see IPMI 2.0 §31.4, §33.11
 */
export class Reservation {
  private _last = 0;
  private _held = false;

  /** A new id, never 0000h. */
  reserve(): number {
    this._last = this._last === ID_MAX ? 1 : this._last + 1;
    this._held = true;
    return this._last;
  }

  cancel(): void {
    this._held = false;
  }

  holds(id: number): boolean {
    return this._held && id === this._last;
  }
}
