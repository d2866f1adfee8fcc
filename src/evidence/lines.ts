/** A line's characters beyond these are left out. */
export const LINE_MAX = 1 << 16;

/** Cuts a text that comes in pieces into lines, of which none is kept longer than it may be. */
export class Lines {
  readonly #line: (text: string, cut: boolean) => void;
  readonly #max: number;
  #begun = "";
  #cut = false;

  /** `line` gets each line without its end, and whether more of it was left out. */
  constructor(line: (text: string, cut: boolean) => void, max = LINE_MAX) {
    this.#line = line;
    this.#max = max;
  }

  /** Takes a piece. */
  push(piece: string): void {
    let from = 0;
    for (;;) {
      const end = piece.indexOf("\n", from);
      if (end < 0) break;
      this.#take(piece, from, end);
      this.#tell();
      from = end + 1;
    }
    this.#take(piece, from, piece.length);
  }

  /** What follows the last line's end is a line too, unless it is empty. */
  end(): void {
    if (this.#begun !== "" || this.#cut) this.#tell();
  }

  #take(piece: string, from: number, to: number): void {
    const room = this.#max - this.#begun.length;
    if (to - from > room) this.#cut = true;
    const part = piece.slice(from, Math.min(to, from + room));
    this.#begun = this.#begun === "" ? part : this.#begun + part;
  }

  #tell(): void {
    const line = this.#begun.endsWith("\r") ? this.#begun.slice(0, -1) : this.#begun;
    const cut = this.#cut;
    this.#begun = "";
    this.#cut = false;
    this.#line(line, cut);
  }
}
