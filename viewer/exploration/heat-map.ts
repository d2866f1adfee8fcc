/** What was tried and what broke, event by fault: a row for each fault, the run from left to right. */
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import { counted } from "../views/words.ts";
import type { Tried } from "./explored.ts";

/** No more columns and cells than a browser holds with ease. */
const COLUMNS_MAX = 96;
const CELLS_MAX = 2_400;
const ROW = 16;

interface Choosing {
  /** The fault and the events of a cell; of a whole row the fault alone. */
  readonly choose: (fault: string, events?: readonly [number, number]) => void;
}

interface Square {
  readonly column: number;
  readonly fault: number;
  readonly runs: number;
  readonly broken: number;
}

export function heatMap(tried: Tried, { choose }: Choosing): TemplateResult | typeof nothing {
  const { faults } = tried;
  if (tried.cells.length === 0) return nothing;
  const { squares, columns, width } = squaresOf(tried);
  const sum = (fault: number, of: "runs" | "broken") => {
    return squares.reduce((all, each) => all + (each.fault === fault ? each[of] : 0), 0);
  };
  const rows = faults.map(
    (fault, at) => html`<tr>
      <th scope="row"><button @click=${() => choose(fault)}>${visible(fault)}</button></th>
      <td class="count">${counted(sum(at, "runs"))}</td>
      <td class=${sum(at, "broken") > 0 ? "count bad" : "count"}>${counted(sum(at, "broken"))}</td>
      <td class="strip">${strip(
        squares.filter((each) => each.fault === at),
        { columns, width, fault, choose },
      )}</td>
    </tr>`,
  );
  return html`<table class="heat">
    <caption>Faults by the event at which they fired</caption>
    <thead><tr><th scope="col">fault</th><th scope="col">runs</th><th scope="col">broken</th>
      <th scope="col">event 0 to ${counted(columns * width - 1)}, ${counted(width)} to a cell</th></tr></thead>
    <tbody>${rows}</tbody>
  </table>`;
}

/** The cells put together, so that a row has no more than fit. */
function squaresOf({ cells, width: before, faults }: Tried) {
  const last = cells.reduce((most, [at]) => Math.max(most, at), 0);
  const most = Math.max(8, Math.min(COLUMNS_MAX, Math.floor(CELLS_MAX / faults.length)));
  let by = 1;
  while ((last + 1) / by > most) by *= 2;
  const squares = new Map<string, Square>();
  for (const [at, fault, runs, broken] of cells) {
    const column = Math.floor(at / by);
    const known = squares.get(`${column} ${fault}`);
    squares.set(`${column} ${fault}`, {
      column,
      fault,
      runs: runs + (known?.runs ?? 0),
      broken: broken + (known?.broken ?? 0),
    });
  }
  const columns = Math.floor(last / by) + 1;
  return { squares: [...squares.values()], columns, width: by * before };
}

interface Strip extends Choosing {
  readonly columns: number;
  readonly width: number;
  readonly fault: string;
}

function strip(squares: readonly Square[], { columns, width, fault, choose }: Strip) {
  return html`<svg viewBox="0 0 ${columns} 1" preserveAspectRatio="none" height=${ROW} aria-hidden="true">
    ${squares.map(({ column, runs, broken }) => {
      const first = column * width;
      const title = `${fault}, events ${first} to ${first + width - 1}: ${runs} runs, ${broken} broken`;
      const share = broken === 0 ? 1 : 0.4 + (0.6 * broken) / runs;
      return svg`<rect class=${broken > 0 ? "broken" : "kept"} x=${column} y="0" width="1" height="1"
        fill-opacity=${share} @click=${() => choose(fault, [first, first + width - 1])}><title>${visible(title)}</title></rect>`;
    })}
  </svg>`;
}

export const HEAT_STYLES = css`
  table.heat { border-collapse: collapse; width: 100%; }
  .heat caption { text-align: left; font-weight: 600; padding: 8px 0; }
  .heat th { font-weight: 400; text-align: left; padding: 0 8px 0 0; }
  .heat thead th { color: var(--quiet); }
  .heat th button { all: unset; cursor: pointer; overflow-wrap: anywhere; }
  .heat th button:focus-visible { outline: 2px solid var(--accent); }
  .heat th button:hover { color: var(--accent); }
  .heat tbody th { max-width: 34ch; }
  .count { text-align: right; padding: 0 8px; }
  .strip { width: 60%; }
  .strip svg { display: block; width: 100%; background: var(--panel); }
  .strip rect { cursor: pointer; }
  .strip .kept { fill: var(--transfer); }
  .strip .broken { fill: var(--bad); }
`;
