import type { LineReader, Teller } from "../sighting.ts";
import { I2cLines } from "./i2c-lines.ts";

/**
 * Waves of a bus, a value change dump: of its signals the first ones that are called SCL and SDA, whatever stands
 * before that name. Everything else in it is passed over.
 * @see IEEE 1364-2005 §18
 */
export class VcdReader implements LineReader {
  readonly #teller: Teller;
  readonly #bus: I2cLines;
  /** By the signal's identifier. */
  readonly #wires = new Map<string, Wire>();
  /** The words of a directive that is not closed. */
  #directive: string[] | undefined;
  /** Of a unit of the file's times. */
  #picoseconds: number = PICOSECONDS.ns;
  /** The value is told, and its signal comes. */
  #vector = false;

  constructor(teller: Teller) {
    this.#teller = teller;
    this.#bus = new I2cLines(teller);
  }

  line(text: string): void {
    for (const word of text.split(/\s+/)) if (word !== "") this.#word(word);
  }

  end(): void {
    this.#bus.settle();
    if (this.#wires.size < 2) this.#teller.unread("waves without the signals scl and sda");
  }

  #word(word: string): void {
    if (this.#directive !== undefined) {
      if (word === "$end") this.#close(this.#directive);
      else if (this.#directive.length < WORDS_MAX) this.#directive.push(word);
      return;
    }
    if (this.#vector) {
      this.#vector = false;
      return;
    }
    const first = word[0] ?? "";
    if (first === "#") return this.#time(word.slice(1));
    if (/^[bBrR]/.test(first)) {
      this.#vector = true;
      return;
    }
    if (/^[01xXzZ]/.test(first)) return this.#change(first, word.slice(1));
    // What is between these two are changes as everywhere else.
    if (word === "$end" || /^\$dump\w+$/.test(word)) return;
    if (first === "$") this.#directive = [word];
    else this.#teller.unread("a word that is none of a value change dump's");
  }

  #close([name, ...words]: readonly string[]): void {
    this.#directive = undefined;
    if (name === "$timescale") return this.#scale(words.join(""));
    const [, , id = "", signal = ""] = words;
    if (name !== "$var") return;
    const wire = WIRES.find((each) => signal.toLowerCase().endsWith(each));
    if (wire !== undefined && ![...this.#wires.values()].includes(wire)) this.#wires.set(id, wire);
  }

  #scale(text: string): void {
    const [, count, unit] = /^(1|10|100)(s|ms|us|ns|ps|fs)$/.exec(text) ?? [];
    if (count === undefined || unit === undefined) {
      return this.#teller.unread("a unit of time that is none");
    }
    this.#picoseconds = Number(count) * (PICOSECONDS[unit as keyof typeof PICOSECONDS] ?? 0);
  }

  #time(digits: string): void {
    if (!/^\d{1,18}$/.test(digits)) return this.#teller.unread("a time that is none");
    this.#bus.at(Math.floor((Number(digits) * this.#picoseconds) / PICOSECONDS.us));
  }

  /** Where nobody drives it, the bus pulls a line up. */
  #change(value: string, id: string): void {
    const wire = this.#wires.get(id);
    if (wire === undefined || value === "x" || value === "X") return;
    this.#bus.change(wire, value === "0" ? 0 : 1);
  }
}

/** So many words of a directive are looked at. */
const WORDS_MAX = 16;
const WIRES = ["scl", "sda"] as const;
type Wire = (typeof WIRES)[number];

const PICOSECONDS = { s: 1e12, ms: 1e9, us: 1e6, ns: 1e3, ps: 1, fs: 1e-3 } as const;

/** Whether a line is of a dump's beginning. */
export function isVcd(line: string): boolean {
  return /^\s*\$(?:timescale|date|version|comment|scope|var)(?:\s|$)/.test(line);
}
