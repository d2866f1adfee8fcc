import { html, type TemplateResult } from "lit";
import type { Asking, Opened } from "../questions.ts";
import { firstFrom } from "../trace/columns.ts";
import type { Row } from "../trace/event-rows.ts";
import { type Filter, isEmpty } from "../trace/filter.ts";
import type { List, Source } from "./list.ts";
import { allFindings } from "./verdict.ts";
import { secondsText } from "./words.ts";

/** The events that fit the filter, as a list shows them. */
export class EventList {
  readonly #asking: Asking;
  readonly #changed: () => void;
  readonly #rules = new Map<number, string>();
  #all = 0;
  /** The places of those that fit; undefined when all do. */
  #places: Uint32Array | undefined;
  #searching = false;
  #filters = 0;
  #source: Source | undefined;

  constructor(asking: Asking, changed: () => void) {
    this.#asking = asking;
    this.#changed = changed;
  }

  begin({ columns, verdict }: Opened): void {
    this.#all = columns.length;
    this.#rules.clear();
    for (const { n, rule } of allFindings(verdict)) {
      this.#rules.set(
        n,
        [this.#rules.get(n), rule].filter((each) => each !== undefined).join(", "),
      );
    }
    this.#source = this.#sourceNow();
  }

  /** How many fit; undefined while that is being found out. */
  get count(): number | undefined {
    return this.#searching ? undefined : (this.#places?.length ?? this.#all);
  }

  /** Gives the list what it is to show, if it has something else; whether it had. */
  fills(list: List): boolean {
    if (this.#source === undefined || list.isOf(this.#source)) return false;
    list.show(this.#source, this.#source);
    return true;
  }

  /** Of several filters the last one counts. */
  async filter(filter: Filter): Promise<void> {
    const own = ++this.#filters;
    this.#searching = !isEmpty(filter);
    if (this.#searching) this.#changed();
    const places = this.#searching ? await this.#asking.ask("match", { filter }) : undefined;
    if (own !== this.#filters || places === null) return;
    this.#places = places;
    this.#searching = false;
    this.#source = this.#sourceNow();
    this.#changed();
  }

  /** The place in the trace of a row. */
  placeAt(index: number): number {
    return this.#places === undefined ? index : (this.#places[index] ?? 0);
  }

  /** The row of the event at that place, or of the next one that fits. */
  indexOf(place: number): number {
    if (this.#places === undefined) return place;
    return Math.min(this.#places.length - 1, firstFrom(this.#places, place));
  }

  #sourceNow(): Source {
    return {
      label: "Events",
      count: this.#places?.length ?? this.#all,
      empty: this.#places === undefined ? "The trace has no events." : "No event fits.",
      rows: async (from, to) => {
        const places = Array.from({ length: Math.max(0, to - from) }, (_, i) =>
          this.placeAt(from + i),
        );
        const rows = await this.#asking.ask("rows", { places });
        return rows.map((row) => this.#row(row));
      },
    };
  }

  #row({ n, t, name, lane, text, masked }: Row): TemplateResult {
    const rule = this.#rules.get(n);
    return html`<span class="number">${n}</span><span class="time">${secondsText(t)}</span>
      <span class=${`word lane-${lane}`}>${name}</span>
      ${rule === undefined ? "" : html`<span class="found">${rule}</span>`}
      <span class="rest">${text}${masked ? " (masked)" : ""}</span>`;
  }
}
