/** So many lines are one text: a text each costs more than what it says. */
const BLOCK = 256;
/** So many blocks are kept in pieces. */
const OPEN_MAX = 8;

/** The lines of a long text, by their places. */
export class LineStore {
  readonly #blocks: string[] = [];
  readonly #open = new Map<number, readonly string[]>();
  #last: string[] = [];

  get length(): number {
    return this.#blocks.length * BLOCK + this.#last.length;
  }

  add(line: string): void {
    this.#last.push(line);
    if (this.#last.length < BLOCK) return;
    this.#blocks.push(this.#last.join("\n"));
    this.#last = [];
  }

  /** Undefined where there is none. */
  at(place: number): string | undefined {
    const block = Math.floor(place / BLOCK);
    if (block === this.#blocks.length) return this.#last[place % BLOCK];
    return this.#linesOf(block)?.[place % BLOCK];
  }

  #linesOf(block: number): readonly string[] | undefined {
    const known = this.#open.get(block);
    if (known !== undefined) return known;
    const lines = this.#blocks[block]?.split("\n");
    if (lines === undefined) return undefined;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= OPEN_MAX) this.#open.delete(oldest);
    this.#open.set(block, lines);
    return lines;
  }
}

/** Text in pieces, as lines. */
export class LineSplitter {
  #rest = "";

  /** The lines that are whole by now, without their ends. */
  *push(piece: string): Generator<string> {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    yield* lines;
  }

  /** What follows the last line's end, if anything. */
  end(): string | undefined {
    return this.#rest === "" ? undefined : this.#rest;
  }
}
