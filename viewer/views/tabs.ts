import { html, type TemplateResult } from "lit";
import { TABS, type Tab } from "../permalink.ts";

export const TITLES: Readonly<Record<Tab, string>> = {
  ladder: "Ladder",
  events: "Events",
  transfers: "Transfers",
};

/** What the lower part of the page can show. */
export function tabsView(
  shown: Tab,
  choose: (tab: Tab) => void,
  key: (event: KeyboardEvent) => void,
): TemplateResult {
  return html`<div role="tablist" aria-label="What is shown">${TABS.map(
    (tab) => html`<button role="tab" id=${`tab-${tab}`} aria-controls="panel"
      aria-selected=${tab === shown ? "true" : "false"} tabindex=${tab === shown ? 0 : -1}
      @click=${() => choose(tab)} @keydown=${key}
    >${TITLES[tab]}</button>`,
  )}</div>`;
}
