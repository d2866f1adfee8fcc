import { html, type TemplateResult } from "lit";
import { TABS, type Tab } from "../permalink.ts";

interface Does {
  readonly search: () => void;
  readonly finding: (by: 1 | -1) => void;
  readonly tab: (tab: Tab) => void;
  readonly help: () => void;
}

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "search the events"],
  ["n, p", "next finding, previous finding"],
  ["1, 2, 3", "ladder, events, transfers"],
  ["↑ ↓ PgUp PgDn Home End", "in a list: move"],
  ["Enter", "in a list: show what happened round it"],
  ["← → + - 0", "in the timeline: move, zoom, show all"],
  ["?", "this list"],
];

/** The page's keys, wherever the focus is but in a field. */
export class KeysOf {
  readonly #does: Does;

  constructor(does: Does) {
    this.#does = does;
  }

  readonly take = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.composedPath()[0])) return;
    const tab = TABS[Number(event.key) - 1];
    if (event.key === "/") this.#does.search();
    else if (event.key === "n") this.#does.finding(1);
    else if (event.key === "p") this.#does.finding(-1);
    else if (event.key === "?") this.#does.help();
    else if (tab !== undefined) this.#does.tab(tab);
    else return;
    event.preventDefault();
  };
}

export function helpView(): TemplateResult {
  return html`<dialog aria-label="Keys"><h2>Keys</h2>
    <dl>${KEYS.map(([key, what]) => html`<dt>${key}</dt><dd>${what}</dd>`)}</dl>
    <form method="dialog"><button>Close</button></form></dialog>`;
}

function isField(target: EventTarget | undefined): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}
