import { byteIn, numberIn } from "../numbers.ts";
import type { BusMessage, BusTransaction, LineReader, Teller } from "../sighting.ts";

/**
 * Rows of accesses, for whoever has a logger of his own: the first row names the columns. Specified in
 * docs/evidence.md; the bpftrace program there prints it, too.
 */
export class CsvReader implements LineReader {
  readonly #teller: Teller;
  #columns: Columns | undefined;
  #lastUs = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  line(text: string): void {
    if (/^(?:#.*|\s*|Attach(?:ing|ed) \d+ probes?(?:\.\.\.)?)$/.test(text)) return;
    if (/^Lost \d+ events/.test(text)) return this.#gap("bpftrace lost events");
    const cells = cellsOf(text);
    const columns = NAMES_COLUMNS.test(text) ? columnsOf(cells) : undefined;
    if (columns !== undefined) {
      this.#columns = columns;
      return;
    }
    if (this.#columns === undefined) return this.#teller.unread("a row before the columns' names");
    this.#row(cells, this.#columns);
  }

  end(): void {}

  #row(cells: readonly string[], at: Columns): void {
    const time = cells[at.time] ?? "";
    const atUs = /^\d{1,19}(?:\.\d{1,9})?$/.test(time) ? usIn(time, at.unit) : undefined;
    if (atUs === undefined) return this.#unusable("a row without a time");
    this.#lastUs = atUs;
    const what = cells[at.what];
    const text = cells[at.value] ?? "";
    if (what === "gap") return this.#gap(text || "something was lost");
    const block = cells[at.block] ?? "";
    const offset = numberIn(cells[at.offset] ?? "");
    if (what === "bus") return this.#transaction(atUs, { bus: block, offset, text });
    const value = byteIn(text);
    const isAccess = what === "read" || what === "write";
    if (!isAccess || offset === undefined || offset > 0xff || value === undefined) {
      return this.#unusable("a row that is no access");
    }
    this.#teller.sighting({ what, atUs, block, offset, value });
  }

  #transaction(
    atUs: number,
    { bus, offset, text }: { bus: string; offset: number | undefined; text: string },
  ): void {
    const told = transactionOf(text);
    if (told === undefined || offset === undefined || offset > ADDRESS_MAX) {
      return this.#unusable("a row that is no transaction");
    }
    const times = { atUs, endUs: atUs };
    this.#teller.sighting({ what: "bus", ...times, bus, address: offset, ...told });
  }

  #unusable(kind: string): void {
    this.#teller.unread(kind);
    this.#gap(kind);
  }

  #gap(text: string): void {
    this.#teller.sighting({ what: "gap", atUs: this.#lastUs, text });
  }
}

/** Whether a line names the columns. */
export function isCsv(line: string): boolean {
  return NAMES_COLUMNS.test(line) && columnsOf(cellsOf(line)) !== undefined;
}

const UNITS = { s: 1_000_000, us: 1, ns: 0.001 } as const;
type Unit = keyof typeof UNITS;
const NEEDED = ["what", "offset", "value"] as const;
const CELLS_MAX = 64;
const ADDRESS_MAX = 0x7f;

/** Where in a row what stands; -1 for what is left out. */
interface Columns {
  readonly unit: Unit;
  readonly time: number;
  readonly what: number;
  readonly block: number;
  readonly offset: number;
  readonly value: number;
}

/** A row that may name columns. */
const NAMES_COLUMNS = /what/i;

/** Cells by comma, semicolon or tab, in quotes or not. */
function cellsOf(line: string): readonly string[] {
  const by = line.includes("\t") ? "\t" : line.includes(";") ? ";" : ",";
  return line.split(by, CELLS_MAX).map(cellOf);
}

function cellOf(text: string): string {
  const cell = text.trim();
  const quoted = cell.length > 1 && cell.startsWith('"') && cell.endsWith('"');
  return quoted ? cell.slice(1, -1) : cell;
}

function columnsOf(cells: readonly string[]): Columns | undefined {
  const names = cells.map((name) => name.toLowerCase());
  const unit = (["us", "ns", "s"] as const).find((each) => names.includes(each));
  if (unit === undefined || !NEEDED.every((name) => names.includes(name))) return undefined;
  // Of several columns of one name it is the last.
  const place = (name: string) => names.lastIndexOf(name);
  return {
    unit,
    time: place(unit),
    what: place("what"),
    block: place("block"),
    offset: place("offset"),
    value: place("value"),
  };
}

function usIn(time: string, unit: Unit): number | undefined {
  const us = Math.floor(Number(time) * UNITS[unit]);
  return Number.isSafeInteger(us) ? us : undefined;
}

/** `W02031857` and `R031c01c1`, and how it ended if not well; undefined for what is none. */
function transactionOf(text: string): Pick<BusTransaction, "messages" | "outcome"> | undefined {
  const words = text.split(" ").filter((word) => word !== "");
  const last = words.at(-1);
  const outcome = last === "refused" || last === "lost" ? last : "done";
  const messages = (outcome === "done" ? words : words.slice(0, -1)).map(messageOf);
  const whole = messages.filter((each) => each !== undefined);
  return whole.length === messages.length && whole.length > 0
    ? { messages: whole, outcome }
    : undefined;
}

function messageOf(word: string): BusMessage | undefined {
  if (!/^[WR](?:[0-9a-f]{2}){0,300}$/i.test(word)) return undefined;
  const bytes = (word.slice(1).match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return { read: word[0] === "R" || word[0] === "r", bytes };
}
