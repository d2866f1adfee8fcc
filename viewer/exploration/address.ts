import { ALL_RUNS, type RunFilter } from "./explored.ts";

/** What a link to a page of explorations keeps: which search is shown, and what narrows its broken runs. */
export interface ShownRuns {
  /** Its place in the page. */
  readonly search: number;
  readonly filter: RunFilter;
}

/** As the part of a link behind its `#`; empty of the first view. */
export function hashOfRuns({ search, filter }: ShownRuns): string {
  const { rule, fault, without, events } = filter;
  const words = new URLSearchParams();
  if (search > 0) words.set("search", String(search + 1));
  for (const [name, value] of Object.entries({ rule, fault, without })) {
    if (value !== "") words.set(name, value);
  }
  if (events !== undefined) words.set("events", events.join("-"));
  return words.toString();
}

/** What a link asks for. What nobody here wrote, and a search that there is not, count as not said. */
export function runsOfHash(hash: string, searches: number): ShownRuns {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string) => words.get(name) ?? "";
  const search = /^\d{1,4}$/.test(text("search")) ? Number(text("search")) - 1 : 0;
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text("events")) ?? [];
  const events = [Number(from), Number(to)] as const;
  const filter = {
    rule: text("rule"),
    fault: text("fault"),
    without: text("without"),
    events: from === undefined || events[0] > events[1] ? undefined : events,
  };
  return {
    search: search >= 0 && search < searches ? search : 0,
    filter: isAll(filter) ? ALL_RUNS : filter,
  };
}

function isAll({ rule, fault, without, events }: RunFilter): boolean {
  return rule === "" && fault === "" && without === "" && events === undefined;
}
