import { type EventTexts, type Told, visible } from "../../src/explain/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { GrowingColumns } from "./growing-columns.ts";

/** One event, for a line of a list. */
export interface Row {
  /** The place in the trace. */
  readonly at: number;
  readonly n: number;
  readonly t: number;
  /** The event's name. */
  readonly name: string;
  readonly lane: Told["lane"];
  /** What happened, without anything that a reader's program would obey. */
  readonly text: string;
  readonly masked: boolean;
}

/** Puts events of any place into words, though what a byte means can depend on what came before. */
export class EventRows {
  readonly #columns: GrowingColumns;
  readonly #texts: EventTexts;

  constructor(columns: GrowingColumns, texts: EventTexts) {
    this.#columns = columns;
    this.#texts = texts;
  }

  row(event: TraceEvent, at: number): Row {
    const { e: name, n, t } = event;
    const { lane } = this.#told(event, at);
    const masked = this.#columns.masked[at] === 1;
    return { at, n, t, name, lane, text: this.text(event, at), masked };
  }

  text(event: TraceEvent, at: number): string {
    const { subject, text, cause = "" } = this.#told(event, at);
    return visible([subject, text, cause].filter((part) => part !== "").join(" "));
  }

  /** The words know what the host read last, so that is said first. */
  #told(event: TraceEvent, at: number): Told {
    const value = this.#columns.statuses[at] ?? 0;
    this.#texts.told({ e: "host.read", reg: "status", value, n: event.n, t: event.t });
    return this.#texts.told(event);
  }
}
