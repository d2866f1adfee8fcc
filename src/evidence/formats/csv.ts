import { byteIn, numberIn } from "../numbers.ts";
import type { BusMessage, BusTransaction, LineReader, Teller } from "../sighting.ts";

/**
 * Rows of accesses, for whoever has a logger of his own: the first row names the columns. Specified in
 * docs/evidence.md; the bpftrace program there prints it, too.
 */
export class CsvReader implements LineReader {
  readonly #teller: Teller;
  #columns: ReadonlyMap<string, number> | undefined;
  #unit: Unit = "us";
  #lastUs = 0;

  constructor(teller: Teller) {
    this.#teller = teller;
  }

  line(text: string): void {
    if (/^(?:#.*|\s*|Attach(?:ing|ed) \d+ probes?(?:\.\.\.)?)$/.test(text)) return;
    if (/^Lost \d+ events/.test(text)) return this.#gap("bpftrace lost events");
    const cells = cellsOf(text);
    const columns = columnsOf(cells);
    if (columns !== undefined) {
      this.#columns = columns.places;
      this.#unit = columns.unit;
      return;
    }
    if (this.#columns === undefined) return this.#teller.unread("a row before the columns' names");
    this.#row(cells, this.#columns);
  }

  end(): void {}

  #row(cells: readonly string[], columns: ReadonlyMap<string, number>): void {
    const cell = (name: string) => cells[columns.get(name) ?? -1] ?? "";
    const time = cell(this.#unit);
    const atUs = /^\d{1,19}(?:\.\d{1,9})?$/.test(time) ? usIn(time, this.#unit) : undefined;
    if (atUs === undefined) return this.#unusable("a row without a time");
    this.#lastUs = atUs;
    const what = cell("what");
    if (what === "gap") return this.#gap(cell("value") || "something was lost");
    const block = cell("block");
    const offset = numberIn(cell("offset"));
    if (what === "bus") return this.#transaction(atUs, { bus: block, offset, text: cell("value") });
    const value = byteIn(cell("value"));
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
  return columnsOf(cellsOf(line)) !== undefined;
}

const UNITS = { s: 1_000_000, us: 1, ns: 0.001 } as const;
type Unit = keyof typeof UNITS;
const NEEDED = ["what", "offset", "value"] as const;
const CELLS_MAX = 64;
const ADDRESS_MAX = 0x7f;

/** Cells by comma, semicolon or tab, in quotes or not. */
function cellsOf(line: string): readonly string[] {
  const by = line.includes("\t") ? "\t" : line.includes(";") ? ";" : ",";
  return line.split(by, CELLS_MAX).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

function columnsOf(
  cells: readonly string[],
): { readonly places: ReadonlyMap<string, number>; readonly unit: Unit } | undefined {
  const places = new Map(cells.map((name, at) => [name.toLowerCase(), at]));
  const unit = (["us", "ns", "s"] as const).find((each) => places.has(each));
  const has = unit !== undefined && NEEDED.every((name) => places.has(name));
  return has ? { places, unit } : undefined;
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
