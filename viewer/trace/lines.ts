import { firstFrom } from "./columns.ts";

/** So many bytes of lines lie together: a text each would cost more than what it says. */
const CHUNK = 1 << 20;
const LINE_END = 0x0a;

/** Where a line is: from its first byte to before its end. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A text that comes in pieces, in lines, as bytes: those that are kept can be had again by their places. */
export class LineStore {
  #chunk = new Uint8Array(CHUNK);
  readonly #chunks = [this.#chunk];
  /** The place of each chunk's first kept line. */
  readonly #firsts = [0];
  /** Where in its chunk each kept line begins. */
  #starts = new Uint32Array(1 << 12);
  #kept = 0;
  /** Of the chunk at hand: where the line begins that is not whole, and the end of what is there. */
  #line = 0;
  #filled = 0;

  /** The lines that are whole by now. One that is to be had again must be kept before the next one. */
  *push(piece: Uint8Array): Generator<Line> {
    for (let at = 0; at < piece.length; ) {
      if (this.#filled === this.#chunk.length) this.#nextChunk();
      const bytes = this.#chunk;
      const part = piece.subarray(at, at + bytes.length - this.#filled);
      bytes.set(part, this.#filled);
      at += part.length;
      const searched = this.#filled;
      this.#filled += part.length;
      for (let to = searched; to < this.#filled; to++) {
        if (bytes[to] !== LINE_END) continue;
        yield { bytes, from: this.#line, to };
        this.#line = to + 1;
      }
    }
  }

  /** What follows the last line's end, if anything. */
  end(): Line | undefined {
    if (this.#line === this.#filled) return undefined;
    return { bytes: this.#chunk, from: this.#line, to: this.#filled };
  }

  /** Keeps the line at hand, in the next place. */
  keep(): void {
    if (this.#kept === this.#starts.length) {
      const more = new Uint32Array(2 * this.#kept);
      more.set(this.#starts);
      this.#starts = more;
    }
    this.#starts[this.#kept++] = this.#line;
  }

  /** Undefined where there is none. */
  at(place: number): Line | undefined {
    if (!(place >= 0 && place < this.#kept)) return undefined;
    const bytes = this.#chunks[firstFrom(this.#firsts, place + 1) - 1];
    if (bytes === undefined) return undefined;
    const from = this.#starts[place] ?? 0;
    let to = from;
    while (to < bytes.length && bytes[to] !== LINE_END) to++;
    return { bytes, from, to: to < bytes.length ? to : this.#filled };
  }

  /** The line that is not whole goes along; one that fills a whole chunk gets a larger one. */
  #nextChunk(): void {
    const rest = this.#chunk.subarray(this.#line);
    const room = rest.length === this.#chunk.length ? 2 * rest.length : CHUNK;
    this.#chunk = new Uint8Array(Math.max(room, CHUNK));
    this.#chunk.set(rest);
    this.#chunks.push(this.#chunk);
    this.#firsts.push(this.#kept);
    this.#filled = rest.length;
    this.#line = 0;
  }
}
