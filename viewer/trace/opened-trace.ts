import { EventTexts, type Ladder, Ladders } from "../../src/explain/index.ts";
import type { Verdict } from "../../src/referee/index.ts";
import { decodeEvent, EventScan } from "../../src/trace/event-codec.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import { TraceError, TraceReader } from "../../src/trace/jsonl.ts";
import { placeOf } from "./columns.ts";
import { EventRows, type Row } from "./event-rows.ts";
import type { Filter } from "./filter.ts";
import { GrowingColumns } from "./growing-columns.ts";
import { LadderDrawing } from "./ladder-drawing.ts";
import { type Line, LineStore } from "./lines.ts";
import { Matching } from "./matching.ts";
import { type TransferRow, transferRow } from "./transfers.ts";

/** A fault of the lab while it acts, by the places of its events. */
export interface FaultSpan {
  readonly name: string;
  readonly text: string;
  readonly fromUs: number;
  /** Of one that never ends: the trace's end. */
  toUs: number;
  from: number;
  to: number;
}

/** A trace that came in line by line, judged on its way, from which a page asks what it shows. */
export class OpenedTrace {
  readonly #unmasked: boolean;
  readonly #reader = new TraceReader();
  readonly #lines = new LineStore();
  readonly #scan = new EventScan();
  readonly #decoder = new TextDecoder();
  readonly #columns = new GrowingColumns();
  readonly #transfers: TransferRow[] = [];
  readonly #faults: FaultSpan[] = [];
  readonly #makers = new Set<string>();
  #ladders: Ladders | undefined;
  #status = 0;
  #error: TraceError | undefined;

  constructor({ unmasked }: { readonly unmasked: boolean }) {
    this.#unmasked = unmasked;
  }

  /** Takes the next piece of the text. What cannot be read ends the trace there, and `cut` says why. */
  push(piece: Uint8Array): void {
    if (this.#error !== undefined) return;
    this.#reading(() => {
      for (const line of this.#lines.push(piece)) this.#line(line);
    });
  }

  /** The text is over. */
  end(): void {
    if (this.#error !== undefined) return;
    this.#reading(() => {
      const rest = this.#lines.end();
      if (rest !== undefined) this.#line(rest);
      this.#error = this.#reader.finish();
    });
    const underWay = this.#ladders?.underWay;
    if (underWay !== undefined) this.#transfers.push(transferRow(underWay));
    this.#endFaults();
  }

  /** Undefined before the first line, and of what is no trace. */
  get head(): TraceHead | undefined {
    return this.#reader.head;
  }

  /** Why the trace is not whole; undefined of one that is. */
  get cut(): string | undefined {
    return this.#error?.message;
  }

  get columns(): GrowingColumns {
    return this.#columns;
  }

  get transfers(): readonly TransferRow[] {
    return this.#transfers;
  }

  get faults(): readonly FaultSpan[] {
    return this.#faults;
  }

  /** Who made completion codes, in the order in which they first did. */
  get makers(): readonly string[] {
    return [...this.#makers];
  }

  /** As the referee has it; undefined of what has no head. */
  verdict(): Verdict | undefined {
    return this.#ladders?.verdict();
  }

  /** Of what was found, in the order of the trace. */
  get ladders(): readonly Ladder[] {
    return [...(this.#ladders?.ladders.values() ?? [])].toSorted((a, b) => a.n - b.n);
  }

  /** The events at those places, in words. */
  rows(places: ArrayLike<number>): readonly Row[] {
    const rows = this.#rows();
    return Array.from(places, (at) => this.eventAt(at)).flatMap((event, i) => {
      return event === undefined ? [] : [rows.row(event, places[i] ?? 0)];
    });
  }

  /** What says of an event whether it is to be listed. */
  matching(filter: Filter): Matching {
    const found = [...(this.verdict()?.violations ?? []), ...(this.verdict()?.notes ?? [])];
    const transfers = found
      .filter(({ rule }) => rule === filter.rule)
      .map(({ n }) => this.#columns.transfers[placeOf(this.#columns, n)] ?? 0);
    const numbers = found.filter(({ rule }) => rule === filter.rule).map(({ n }) => n);
    return new Matching(filter, {
      columns: this.#columns,
      rows: this.#rows(),
      eventAt: (at) => this.eventAt(at),
      faults: this.#faults,
      ofRule: { transfers: new Set(transfers), numbers: new Set(numbers) },
    });
  }

  /** What draws the ladder round that event; undefined when there is no such event. */
  drawing(n: number): Pick<LadderDrawing, "step" | "ladder"> | undefined {
    const { head } = this;
    const ladder = this.#ladders?.whole(n);
    if (ladder !== undefined) return { ladder, step: () => false };
    if (head === undefined || this.#columns.numbers[placeOf(this.#columns, n)] !== n)
      return undefined;
    return new LadderDrawing(n, {
      head,
      length: this.#columns.length,
      unmasked: this.#unmasked,
      eventAt: (at) => this.eventAt(at),
    });
  }

  /** The place of a transfer's first event. */
  placeOfTransfer(number: number): number {
    return Math.max(0, this.#columns.transfers.indexOf(number));
  }

  eventAt(place: number): TraceEvent | undefined {
    const line = this.#lines.at(place);
    if (line === undefined) return undefined;
    const written = this.#scan.event(line.bytes, line.from, line.to);
    if (written !== undefined) return written;
    const event = decodeEvent(JSON.parse(this.#text(line)));
    return "why" in event && "code" in event ? undefined : event;
  }

  #rows(): EventRows {
    return new EventRows(this.#columns, new EventTexts(this.head?.interface ?? "kcs"));
  }

  #line(line: Line): void {
    const written = this.#reader.pushWritten(line.bytes, line.from, line.to);
    const event = written ?? this.#reader.push(this.#text(line));
    const { head } = this.#reader;
    if (head !== undefined && this.#ladders === undefined) this.#begin(head);
    if (event !== undefined) this.#event(event);
  }

  #text({ bytes, from, to }: Line): string {
    return this.#decoder.decode(bytes.subarray(from, to));
  }

  #begin(head: TraceHead): void {
    this.#ladders = new Ladders(head, {
      unmasked: this.#unmasked,
      passed: (over) => this.#transfers.push(transferRow(over)),
    });
  }

  #event(event: TraceEvent): void {
    this.#ladders?.event(event);
    const { masked = false, transferNumber: transfer = 0 } = this.#ladders ?? {};
    this.#columns.add(event, { transfer, status: this.#status, masked });
    this.#lines.keep();
    if (event.e === "host.read" && event.reg === "status") this.#status = event.value;
    if (event.e === "answer") this.#makers.add(event.maker);
    if (event.e === "fault") this.#fault(event);
  }

  #fault({ name, what, text, t }: Extract<TraceEvent, { e: "fault" }>): void {
    const at = this.#columns.length - 1;
    if (what === "fires") {
      const open = Number.POSITIVE_INFINITY;
      this.#faults.push({ name, text, fromUs: t, toUs: open, from: at, to: open });
      return;
    }
    const span = this.#faults.findLast((each) => each.name === name && each.to > at);
    if (span !== undefined) Object.assign(span, { toUs: t, to: at });
  }

  #endFaults(): void {
    const last = this.#columns.length - 1;
    for (const span of this.#faults) {
      if (span.to > last) Object.assign(span, { toUs: this.#columns.times[last], to: last });
    }
  }

  #reading(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#error = error;
    }
  }
}
