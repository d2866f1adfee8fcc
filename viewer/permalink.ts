import { PARTIES } from "./trace/columns.ts";
import { type Filter, NO_FILTER } from "./trace/filter.ts";

/** What the lower part of the page shows. */
export const TABS = ["ladder", "events", "transfers"] as const;
export type Tab = (typeof TABS)[number];

/** All that a link to a page keeps of what it shows. */
export interface View {
  readonly tab: Tab;
  /** The number of the event that is selected; undefined of none. */
  readonly at: number | undefined;
  readonly filter: Filter;
  /** The timeline from and to, in µs; undefined of all of it. */
  readonly span: readonly [from: number, to: number] | undefined;
}

export const FIRST_VIEW: View = {
  tab: "ladder",
  at: undefined,
  filter: NO_FILTER,
  span: undefined,
};

/** The view as the part of a link behind its `#`; empty of the first view. */
export function hashOf({ tab, at, filter, span }: View): string {
  const words = new URLSearchParams();
  if (tab !== FIRST_VIEW.tab) words.set("show", tab);
  if (at !== undefined) words.set("at", String(at));
  for (const [name, value] of Object.entries(filter)) if (value !== "") words.set(name, value);
  if (span !== undefined) words.set("us", span.map((us) => Math.round(us)).join("-"));
  return words.toString();
}

/** The view that a link asks for. What nobody here wrote counts as not said. */
export function viewOf(hash: string): View {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string) => words.get(name) ?? "";
  return {
    tab: TABS.find((tab) => tab === text("show")) ?? FIRST_VIEW.tab,
    at: wholeNumber(text("at")),
    filter: {
      text: text("text"),
      party: PARTIES.find((party) => party === text("party")) ?? "",
      rule: text("rule"),
      fault: text("fault"),
      maker: text("maker"),
    },
    span: spanOf(text("us")),
  };
}

function spanOf(text: string): View["span"] {
  const [from, to] = text.split("-").map(wholeNumber);
  return from === undefined || to === undefined || from >= to ? undefined : [from, to];
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
