import { Draws } from "../../../src/match/draws.ts";
import { INTERFACES } from "../../../src/wire/interface.ts";
import type { Table } from "../../figures/store.ts";
import type { Bug } from "../bug.ts";
import type { Until } from "../player.ts";
import type { Outcome, Played } from "../sort.ts";
import type { Workshop } from "../workshop.ts";

const SORTS = [
  "right party first",
  "wrong party first",
  "not found",
  "stops itself",
  "shows nothing",
] as const;
type DrawnSort = (typeof SORTS)[number];

/** What came of a slip that was drawn. */
export interface DrawnResult {
  readonly bug: Bug;
  readonly sort: DrawnSort;
  /** Matches that were played, and those whose trace differs. */
  readonly played: number;
  readonly differ: number;
  /** The match that speaks for the sort. */
  readonly example: Outcome | undefined;
  /** Matches whose trace differs, with nobody blamed for it. */
  readonly silent: readonly string[];
  /** Matches in which the innocent is accused, first or besides. */
  readonly accusations: readonly Outcome[];
}

interface Way {
  /** The whole catalogue with each, and not only some of it until its party was blamed. */
  readonly all: boolean;
  readonly workers: number;
  readonly tell: (result: DrawnResult) => void;
}

/** So many matches are played in any case, to see whether the innocent is accused. */
const FIRST = 8;
/** Of the catalogue's scenarios so many are drawn for a slip, until it is known that it shows. */
const MOST = 40;
/** A slip can make a party go round in circles within one access; what was told until then counts. */
const MAX_MS = 300_000;

/** Plays scenarios that are drawn with each slip, until a match blames its party. */
export async function playDrawn(
  open: () => Workshop,
  bugs: readonly Bug[],
  seed: number,
  { all, workers, tell }: Way,
): Promise<readonly DrawnResult[]> {
  const workshops = Array.from({ length: Math.min(workers, bugs.length) }, open);
  try {
    const kinds = INTERFACES.filter((kind) => bugs.some((bug) => bug.interfaces?.includes(kind)));
    const without = (await workshops[0]?.plain(kinds)) ?? [];
    const next = bugs.entries();
    const results: DrawnResult[] = [];
    const work = async (workshop: Workshop) => {
      for (const [at, bug] of next) {
        const result = await playOne(workshop, bug, new Draws(seed, at + 1), without, all);
        results[at] = result;
        tell(result);
      }
    };
    await Promise.all(workshops.map(work));
    return results;
  } finally {
    for (const workshop of workshops) await workshop.close();
  }
}

async function playOne(
  workshop: Workshop,
  bug: Bug,
  draws: Draws,
  without: readonly Played[],
  all: boolean,
): Promise<DrawnResult> {
  const until: Until = { first: all ? Number.POSITIVE_INFINITY : FIRST, blame: "right party" };
  const left = [...workshop.scenarios];
  const most = all ? left.length : Math.min(left.length, MOST);
  const order = Array.from({ length: most }, () => {
    return left.splice(draws.below(left.length), 1)[0] ?? "";
  });
  try {
    const some = await workshop.outcomes({ bug, without, until }, order, MAX_MS);
    if (drawnResultOf(bug, some).sort !== "not found") return drawnResultOf(bug, some);
    // It showed, and was named by nobody there: then all the rest.
    const rest = await workshop.outcomes(
      { bug, without, until: { ...until, first: 0 } },
      left,
      MAX_MS,
    );
    return drawnResultOf(bug, [...some, ...rest]);
  } catch (thrown) {
    // With some slips a module cannot even be loaded.
    return drawnResultOf(bug, [crashedAtOnce(bug, String(thrown))]);
  }
}

function crashedAtOnce({ interfaces = [] }: Bug, crash: string): Outcome {
  const place = { scenario: "any", interface: interfaces.join() };
  return { ...place, blame: undefined, first: undefined, accused: [], crash };
}

/** One match that puts the innocent first outweighs all others. */
export function drawnResultOf(bug: Bug, outcomes: readonly Outcome[]): DrawnResult {
  const differing = outcomes.filter(({ blame }) => blame !== undefined);
  const [sort, example] = sortOf(outcomes);
  return {
    bug,
    sort,
    played: outcomes.length,
    differ: differing.length,
    example,
    silent: differing.filter(({ blame }) => blame === "nothing").map(({ scenario }) => scenario),
    accusations: differing.filter(({ accused }) => accused.length > 0),
  };
}

function sortOf(outcomes: readonly Outcome[]): [DrawnSort, Outcome | undefined] {
  const innocent = outcomes.find(({ blame }) => blame === "innocent");
  if (innocent !== undefined) return ["wrong party first", innocent];
  const party = outcomes.find(({ blame }) => blame === "right party" || blame === "right rule");
  if (party !== undefined) return ["right party first", party];
  const crashed = outcomes.find(({ crash }) => crash !== undefined);
  if (crashed !== undefined) return ["stops itself", crashed];
  const nothing = outcomes.find(({ blame }) => blame === "nothing");
  return nothing === undefined ? ["shows nothing", undefined] : ["not found", nothing];
}

/** A slip, what came of it and where, on one line. */
export function drawnLine(result: DrawnResult): string {
  const { bug, sort, played, differ, example, silent, accusations } = result;
  const place = `${example?.scenario ?? "nowhere"} on ${bug.interfaces?.join()}`;
  const said = example?.crash ?? example?.first ?? "nothing";
  const besides = accusations.map(({ scenario, accused }) => `\n    ${scenario}: ${accused}`);
  const quiet = sort === "not found" ? `\n    ${silent.slice(0, 8).join(" ")}` : "";
  const counts = `${differ} of ${played} differ`;
  return `${sort.padEnd(17)} ${bug.name}\n    ${place}: ${said}; ${counts}${quiet}${besides.join("")}`;
}

/** A line for each folder of the sources, and one for all of them. */
export function drawnTable(results: readonly DrawnResult[]): Table {
  const rooms = [...new Set(results.map(roomOf))].sort();
  const lines = rooms.map((room) => {
    const those = results.filter((result) => roomOf(result) === room);
    return lineOf(`\`${room}\``, those);
  });
  const head = ["where", "slips", ...SORTS, "the innocent accused besides"];
  return { title: "slips that were drawn", rows: [head, ...lines, lineOf("all", results)] };
}

function roomOf({ bug }: DrawnResult): string {
  return bug.file.split("/").slice(0, -1).join("/");
}

function lineOf(where: string, results: readonly DrawnResult[]): string[] {
  const counts = SORTS.map((sort) => results.filter((result) => result.sort === sort).length);
  const besides = results.filter(
    ({ sort, accusations }) => accusations.length > 0 && sort !== "wrong party first",
  );
  return [where, ...[results.length, ...counts, besides.length].map(String)];
}
