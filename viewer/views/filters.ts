/** What narrows the list of events. */
import { css, html, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import type { Opened } from "../questions.ts";
import { PARTIES } from "../trace/columns.ts";
import type { Filter } from "../trace/filter.ts";
import { isEmpty, NO_FILTER } from "../trace/filter.ts";
import { allFindings } from "./verdict.ts";
import { counted } from "./words.ts";

interface Shown {
  readonly filter: Filter;
  /** How many events fit; undefined while that is being found out. */
  readonly found: number | undefined;
  readonly change: (filter: Filter) => void;
}

export function filtersView(opened: Opened, { filter, found, change }: Shown): TemplateResult {
  const rules = [...new Set(allFindings(opened.verdict).map(({ rule }) => rule))];
  const faults = [...new Set(opened.faults.map(({ name }) => name))];
  const chosen = (name: keyof Filter, label: string, values: readonly string[]) =>
    choice({ name, label, values, filter, change });
  return html`<form role="search" @submit=${(event: Event) => event.preventDefault()}>
    <input
      type="search" name="text" placeholder="Search (press /)" aria-label="Search the events' text"
      .value=${filter.text}
      @input=${(event: InputEvent) => change({ ...filter, text: chosenIn(event) })}
    />
    ${chosen("party", "party", PARTIES)} ${chosen("rule", "rule", rules)}
    ${chosen("fault", "fault", faults)} ${chosen("maker", "maker", opened.makers)}
    <button type="button" ?hidden=${isEmpty(filter)} @click=${() => change(NO_FILTER)}>all events</button>
    <span class="quiet" role="status">${countText(found, opened.columns.length)}</span>
  </form>`;
}

function choice({
  name,
  label,
  values,
  filter,
  change,
}: {
  readonly name: keyof Filter;
  readonly label: string;
  readonly values: readonly string[];
  readonly filter: Filter;
  readonly change: Shown["change"];
}): TemplateResult {
  const chosen = filter[name];
  // A link may ask for what this trace does not have: it is shown as it was asked.
  const all = chosen === "" || values.includes(chosen) ? values : [...values, chosen];
  return html`<select
    name=${name} aria-label=${label} ?disabled=${all.length === 0} .value=${chosen}
    @change=${(event: Event) => change({ ...filter, [name]: chosenIn(event) })}
  >
    <option value="" ?selected=${chosen === ""}>any ${label}</option>
    ${all.map((value) => html`<option value=${value} ?selected=${value === chosen}>${visible(value)}</option>`)}
  </select>`;
}

function chosenIn({ target }: Event): string {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement
    ? target.value
    : "";
}

function countText(found: number | undefined, all: number): string {
  if (found === undefined) return "searching…";
  return found === all ? `${counted(all)} events` : `${counted(found)} of ${counted(all)} events`;
}

export const FILTER_STYLES = css`
  form { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; padding: 6px 12px; border-bottom: 1px solid var(--line); }
  input, select, form button { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--edge); border-radius: 3px; padding: 2px 6px; height: 26px; box-sizing: border-box; }
  input { flex: 1 1 180px; min-width: 120px; max-width: 380px; }
  select { max-width: 170px; }
  select:disabled { color: var(--quiet); }
  input:focus-visible, select:focus-visible, form button:focus-visible { outline: 2px solid var(--accent); outline-offset: 0; }
`;
