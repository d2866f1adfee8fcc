/** All transfers with how long they took, and how long each command takes. */
import { css, html, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import type { CommandTimes, TransferRow } from "../trace/transfers.ts";
import type { Source } from "./list.ts";
import { counted, durationText, hexByte, secondsText } from "./words.ts";

/** By what the transfers are sorted. */
export type Order = "start" | "duration";

export function timesTable(times: readonly CommandTimes[]): TemplateResult {
  return html`<div class="times" tabindex="0" role="region" aria-label="How long each command takes"><table>
    <thead><tr>
      <th scope="col">command</th><th scope="col">transfers</th><th scope="col">unanswered</th>
      <th scope="col">50 %</th><th scope="col">90 %</th><th scope="col">99 %</th><th scope="col">longest</th>
    </tr></thead>
    <tbody>${times.map(timesRow)}</tbody>
  </table></div>`;
}

function timesRow({
  command,
  count,
  unanswered,
  p50,
  p90,
  p99,
  most,
}: CommandTimes): TemplateResult {
  const answered = count > unanswered;
  return html`<tr>
    <th scope="row">${visible(command)}</th><td>${counted(count)}</td>
    <td class=${unanswered > 0 ? "bad" : "quiet"}>${counted(unanswered)}</td>
    ${[p50, p90, p99, most].map((us) => html`<td>${answered ? durationText(us) : "–"}</td>`)}
  </tr>`;
}

export function orderView(order: Order, change: (order: Order) => void): TemplateResult {
  const choice = (value: Order, text: string) => html`<button
    type="button" aria-pressed=${order === value ? "true" : "false"} @click=${() => change(value)}
  >${text}</button>`;
  return html`<div class="order" role="group" aria-label="Order of the transfers">
    ${choice("start", "by time")} ${choice("duration", "longest first")}
  </div>`;
}

/** What completion codes mean. */
type Codes = ReadonlyMap<number, string>;

/** The rows in that order, as a list shows them. */
export function transferSource(sorted: readonly TransferRow[], codes: Codes): Source {
  return {
    label: "Transfers",
    count: sorted.length,
    empty: "There is no transfer.",
    rows: async (from, to) => sorted.slice(from, to).map((row) => rowView(row, codes)),
  };
}

export function sortedTransfers(
  transfers: readonly TransferRow[],
  order: Order,
): readonly TransferRow[] {
  if (order === "start") return transfers.toSorted((a, b) => a.number - b.number);
  return transfers.toSorted((a, b) => b.durationUs - a.durationUs || a.number - b.number);
}

function rowView(row: TransferRow, codes: Codes): TemplateResult {
  const { number, startUs, durationUs, command, code, outcome } = row;
  const answered = outcome === "answered" && code >= 0;
  const came = answered ? `${hexByte(code)} ${codes.get(code)}` : outcome;
  return html`<span class="number">${number}</span><span class="time">${secondsText(startUs)}</span>
    <span class="number">${durationText(durationUs)}</span><span class="wide">${visible(command)}</span>
    <span class=${outcomeClass(answered, code)}>${came}</span>`;
}

function outcomeClass(answered: boolean, code: number): string {
  if (!answered) return "rest bad";
  return code === 0 ? "rest" : "rest refused";
}

export const TRANSFER_STYLES = css`
  .times { max-height: 40%; min-height: 90px; overflow: auto; border-bottom: 1px solid var(--line); flex: none; }
  .times:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
  .times table { border-collapse: collapse; }
  .times thead th { position: sticky; top: 0; background: var(--ground); font-weight: 400; color: var(--quiet); z-index: 1; }
  .times th, .times td { text-align: right; padding: 1px 10px; line-height: 19px; white-space: nowrap; font-weight: 400; }
  .times th:first-child { text-align: left; padding-left: 12px; }
  .times .bad { color: var(--bad); }
  .order { display: flex; padding: 6px 12px; border-bottom: 1px solid var(--line); gap: 4px; }
  .order button { font: inherit; color: inherit; background: none; border: 1px solid var(--edge); border-radius: 3px; padding: 2px 8px; cursor: pointer; }
  .order button[aria-pressed="true"] { background: var(--selected); border-color: var(--accent); }
  .order button:focus-visible { outline: 2px solid var(--accent); }
`;
