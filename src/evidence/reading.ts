import { EvidenceError } from "./evidence-error.ts";
import { FORMATS, type Format } from "./formats.ts";
import { LINE_MAX, Lines } from "./lines.ts";
import type { LineReader, Sighting, Teller } from "./sighting.ts";

/** Lines that could not be used: of which kind, how many, and which was the first. */
export interface Unread {
  readonly kind: string;
  count: number;
  readonly firstLine: number;
}

/** Counts what could not be used, by its kind. */
export class UnreadCount {
  readonly #kinds = new Map<string, Unread>();

  add(kind: string, line: number): void {
    const known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, { kind, count: 1, firstLine: line });
    else known.count++;
  }

  get all(): readonly Unread[] {
    return [...this.#kinds.values()];
  }
}

/**
 * Reads evidence that comes in pieces of text, in bounded memory. The format is the one that
 * recognises a line first, unless it is given. What it sees goes to `tell` at once.
 */
export class EvidenceReading {
  readonly #lines: Lines;
  readonly #tell: (sighting: Sighting) => void;
  readonly unit = "line";
  readonly #unread = new UnreadCount();
  #format: Format | undefined;
  #reader: LineReader | undefined;
  /** Lines before the one by which the format was recognised. */
  #held: string[] = [];
  #heldCharacters = 0;
  #line = 0;

  constructor(tell: (sighting: Sighting) => void, format?: Format) {
    this.#tell = tell;
    this.#lines = new Lines((text, cut) => this.#take(text, cut));
    if (format !== undefined) this.#begin(format);
  }

  /** The format; undefined while it is not known. */
  get format(): Format | undefined {
    return this.#format;
  }

  /** The lines so far. */
  get lines(): number {
    return this.#line;
  }

  /** What could not be used so far. */
  get unread(): readonly Unread[] {
    return this.#unread.all;
  }

  push(piece: string): void {
    this.#lines.push(piece);
  }

  /** The evidence is over. Throws when no line of it was of a known format. */
  end(): void {
    this.#lines.end();
    if (this.#reader === undefined) throw unknownFormat(this.#line);
    this.#reader.end();
  }

  #take(text: string, cut: boolean): void {
    this.#line++;
    if (cut) this.#count(`longer than ${LINE_MAX} characters, cut there`);
    if (this.#reader !== undefined) return this.#reader.line(text);
    const format = FORMATS.find((each) => each.recognises(text));
    this.#held.push(text);
    this.#heldCharacters += text.length;
    if (format !== undefined) return this.#begin(format);
    if (this.#heldCharacters > HELD_MAX || this.#held.length > HELD_LINES_MAX) {
      throw unknownFormat(this.#line);
    }
  }

  #begin(format: Format): void {
    const teller: Teller = {
      sighting: this.#tell,
      unread: (kind) => this.#count(kind),
    };
    const reader = format.reader(teller);
    this.#format = format;
    this.#reader = reader;
    const held = this.#held;
    this.#held = [];
    this.#line -= held.length;
    for (const text of held) {
      this.#line++;
      reader.line(text);
    }
  }

  #count(kind: string): void {
    this.#unread.add(kind, this.#line);
  }
}

/** So much is looked through for a line of a known format. */
const HELD_MAX = 1 << 22;
const HELD_LINES_MAX = 50_000;

function unknownFormat(lines: number): EvidenceError {
  if (lines === 0) return new EvidenceError("UNKNOWN_FORMAT", "there is nothing to read");
  const names = FORMATS.map(({ name }) => name).join(", ");
  const format =
    lines === 1
      ? "its one line is of no format that can be read"
      : `none of its first ${lines} lines is of a format that can be read`;
  const why = `${format} (${names}); --format NAME says which it is`;
  return new EvidenceError("UNKNOWN_FORMAT", why);
}
