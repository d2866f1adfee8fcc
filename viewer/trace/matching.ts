import type { TraceEvent } from "../../src/trace/events.ts";
import type { EventRows } from "./event-rows.ts";
import type { Filter } from "./filter.ts";
import type { GrowingColumns } from "./growing-columns.ts";
import type { FaultSpan } from "./opened-trace.ts";

interface Of {
  readonly columns: GrowingColumns;
  readonly rows: EventRows;
  readonly eventAt: (at: number) => TraceEvent | undefined;
  readonly faults: readonly FaultSpan[];
  /** Where the filter's rule was found: the transfers, and the events themselves. */
  readonly ofRule: {
    readonly transfers: ReadonlySet<number>;
    readonly numbers: ReadonlySet<number>;
  };
}

/** Looks through a trace for the events that fit a filter, in turns as long as its caller likes. */
export class Matching {
  readonly #filter: Filter;
  readonly #of: Of;
  readonly #text: string;
  readonly #found: number[] = [];
  #next = 0;

  constructor(filter: Filter, of: Of) {
    this.#filter = filter;
    this.#of = of;
    this.#text = filter.text.trim().toLowerCase();
  }

  /** Looks at so many events more; whether any are left. */
  step(events: number): boolean {
    const { length } = this.#of.columns;
    const until = Math.min(length, this.#next + events);
    for (; this.#next < until; this.#next++)
      if (this.#fits(this.#next)) this.#found.push(this.#next);
    return this.#next < length;
  }

  /** The places of those that fit, by now. */
  get found(): Uint32Array {
    return Uint32Array.from(this.#found);
  }

  /** What costs least is looked at first. */
  #fits(at: number): boolean {
    const { columns } = this.#of;
    const { party, rule, fault, maker } = this.#filter;
    if (party !== "" && columns.partyAt(at) !== party) return false;
    if (rule !== "" && !this.#isOfRule(at)) return false;
    if (fault !== "" && !this.#isUnder(fault, at)) return false;
    if (maker !== "" && columns.nameAt(at) !== "answer") return false;
    if (maker === "" && this.#text === "") return true;
    const event = this.#of.eventAt(at);
    if (event === undefined) return false;
    if (maker !== "" && (event.e !== "answer" || event.maker !== maker)) return false;
    return this.#of.rows.text(event, at).toLowerCase().includes(this.#text);
  }

  #isOfRule(at: number): boolean {
    const { columns, ofRule } = this.#of;
    const transfer = columns.transfers[at] ?? 0;
    if (transfer !== 0 && ofRule.transfers.has(transfer)) return true;
    return ofRule.numbers.has(columns.numbers[at] ?? -1);
  }

  #isUnder(fault: string, at: number): boolean {
    return this.#of.faults.some(({ name, from, to }) => name === fault && from <= at && at <= to);
  }
}
