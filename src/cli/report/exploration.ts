/**
 * What an exploration comes to, for a reader and as a JSON document. `exploration-table.ts` has the
 * same for several scenarios, a line each.
 */
import { answerBoundUs, panicBoundUs } from "../../host/index.ts";
import {
  type Exploration,
  grouped,
  type Maxima,
  type Outcome,
  type Sort,
  sortOf,
} from "../../lab/explore/index.ts";
import { durationText, type HostParty, interfaceOf } from "../../lab/index.ts";
import { DEFAULT_PROMISES } from "../../trace/head.ts";
import type { Kept } from "../broken-runs.ts";
import type { Loaded } from "../catalogue.ts";

/** What came of one scenario's exploration. */
export interface Explored {
  readonly loaded: Loaded;
  readonly host: HostParty;
  readonly what: string;
  readonly seed: number;
  /** What the scenario comes to as it stands, where that was looked at. */
  readonly plain: Outcome | undefined;
  readonly result: Exploration;
  readonly kept: readonly Kept[];
  /** Of how many sorts the broken runs are. */
  readonly sorts: number;
  readonly coverage: string;
  readonly elapsedMs: number;
}

const ENDED = {
  complete: "complete",
  time: "the time was up",
  runs: "the runs that were asked for",
  interrupted: "interrupted; nothing is left running",
} as const;

/** What an exploration came to, for a reader. */
export function explorationReport(explored: Explored): string {
  const { loaded, host, what, seed, plain, result, kept, coverage, elapsedMs } = explored;
  const seconds = elapsedMs / 1_000;
  const seat = host.pure ? "our own stack" : host.name;
  const rate = result.runs / seconds;
  const lines = [
    `${loaded.scenario.name}: ${what}, on ${seat}, seed ${seed}`,
    `${counted(result.runs, "run")} in ${seconds.toFixed(1)} s, ` +
      `${rate.toFixed(rate < 10 ? 1 : 0)} runs/s, ${grouped(result.events)} events: ` +
      ENDED[result.ended],
    `covered: ${coverage}`,
    ...(plain === undefined || plain.breaches.length === 0
      ? []
      : [`as the scenario stands: ${sortOf(plain)}`]),
    "",
    ...(result.runs === 0 ? [] : [...seenLines(explored), ""]),
    foundLine([explored]),
    ...keptText(kept),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as one JSON document. */
export function explorationJson(explored: Explored): object {
  const { loaded, host, what, seed, result, sorts: kinds, coverage, elapsedMs } = explored;
  const kept = explored.kept.map(({ unwritten, ...each }) => {
    return unwritten === undefined ? each : { ...each, unwritten: unwritten.message };
  });
  const { runs, brokenRuns, sorts, events, maxima, ended } = result;
  return {
    scenario: loaded.scenario.name,
    host: host.name,
    what,
    seed,
    ended,
    runs,
    brokenRuns,
    brokenSorts: kinds,
    outcomes: sorts.map(({ what, runs, first }) => ({ what, runs, first: first.index })),
    events,
    seconds: elapsedMs / 1_000,
    coverage,
    maxima,
    bounds: boundsIn(loaded),
    broken: kept,
  };
}

/** How many runs are broken, of how many sorts, and which of them are shown. */
export function foundLine(explored: readonly Explored[]): string {
  const sum = (of: (each: Explored) => number) => {
    return explored.reduce((total, each) => total + of(each), 0);
  };
  const broken = sum(({ result }) => result.brokenRuns);
  if (broken === 0) {
    return sum(({ result }) => result.runs) === 0 ? "nothing was tried" : "nothing is broken";
  }
  const sorts = sum((each) => each.sorts);
  const shown = sum(({ kept }) => kept.length);
  const first = shown === sorts ? "the first of each" : `the first of ${shown} of them`;
  const by = explored[0]?.host.pure === true ? "rule and faults" : "rule and console";
  return `${counted(broken, "broken run")} of ${counted(sorts, "sort")} (${by}); ${first} is kept`;
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** Our own stack's maxima; what the runs on a guest came to. */
function seenLines({ host, result, loaded }: Explored): string[] {
  return host.pure ? maximaLines(result.maxima, loaded) : sortLines(result.sorts);
}

/** What was seen, and what the stack says. */
export function maximaLines(maxima: Maxima, loaded: Loaded): string[] {
  const bounds = boundsIn(loaded);
  const times = [
    ["longest answer ", maxima.answerUs, bounds.answerUs],
    ["longest panic  ", maxima.panicUs, bounds.panicUs],
    ["longest removal", maxima.removalUs, bounds.removalUs],
  ] as const;
  return [
    ...times.map(([what, seenUs, boundUs]) => {
      return `${what}  ${durationText(seenUs)} of ${durationText(boundUs)} at most`;
    }),
    `longest burst    ${maxima.runAccesses} register accesses of ` +
      `${grouped(bounds.runAccesses)} at most`,
  ];
}

/** The stack's own bounds, unless the scenario sets others. */
function boundsIn({ scenario }: Loaded): Maxima {
  return {
    answerUs: scenario.promises?.answer ?? answerBoundUs(interfaceOf(scenario)),
    panicUs: scenario.promises?.panic ?? panicBoundUs(),
    // Whoever still waits is answered at once.
    removalUs: 0,
    runAccesses: DEFAULT_PROMISES.runAccessesMax,
  };
}

function sortLines(sorts: readonly Sort[]): string[] {
  const width = Math.max(...sorts.map(({ what }) => what.length));
  return sorts.map(({ what, runs }) => {
    return `${what.padEnd(width)}  ${grouped(runs)} run${runs === 1 ? "" : "s"}`;
  });
}

export function keptText(kept: readonly Kept[]): string[] {
  return kept.flatMap(keptLines);
}

function keptLines({ unwritten, ...kept }: Kept): string[] {
  const { file, rule, detail, found, shrunk, eventsFound, eventsShrunk } = kept;
  return [
    "",
    `${rule}  ${detail}`,
    `  found:  ${found} (${grouped(eventsFound)} events)`,
    ...(shrunk === undefined ? [] : [`  shrunk: ${shrunk} (${grouped(eventsShrunk)} events)`]),
    unwritten === undefined ? `  baseboard replay ${file}` : `  not kept: ${unwritten.message}`,
  ];
}
