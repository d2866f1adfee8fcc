/**
 * What an exploration comes to, for a reader. `exploration-table.ts` has the same for several
 * scenarios, a line each.
 */
import { grouped, type Maxima } from "../../lab/explore/index.ts";
import { durationText } from "../../lab/index.ts";
import type { ExplorationDocument } from "./exploration-document.ts";

/** Who plays in the lab's own time. */
const OUR_STACK = "stack";

const ENDED = {
  complete: "complete",
  time: "the time was up",
  runs: "the runs that were asked for",
  first: "stopped at the first broken run",
  interrupted: "interrupted; nothing is left running",
} as const;

type Kept = ExplorationDocument["broken"][number];

/** What an exploration came to, for a reader. */
export function explorationReport(explored: ExplorationDocument): string {
  const { scenario, host, what, seed, shard, plain, runs, seconds, events, ended } = explored;
  const seat = isOurs(explored) ? "our own stack" : host;
  const rate = runs / seconds;
  const part = shard.of === 1 ? "" : `, shard ${shard.part} of ${shard.of}`;
  const lines = [
    `${scenario}: ${what}, on ${seat}, seed ${seed}${part}`,
    `${counted(runs, "run")} in ${seconds.toFixed(1)} s, ` +
      `${rate.toFixed(rate < 10 ? 1 : 0)} runs/s, ${grouped(events)} events: ${ENDED[ended]}`,
    `covered: ${explored.coverage}`,
    ...(plain === undefined ? [] : [`as the scenario stands: ${plain}`]),
    "",
    ...(runs === 0 ? [] : [...seenLines(explored), ""]),
    foundLine([explored]),
    ...keptText(explored.broken),
  ];
  return `${lines.join("\n")}\n`;
}

/** How many runs are broken, of how many sorts, and which of them are shown. */
export function foundLine(explored: readonly ExplorationDocument[]): string {
  const sum = (of: (each: ExplorationDocument) => number) => {
    return explored.reduce((total, each) => total + of(each), 0);
  };
  const broken = sum(({ brokenRuns }) => brokenRuns);
  if (broken === 0)
    return sum(({ runs }) => runs) === 0 ? "nothing was tried" : "nothing is broken";
  const sorts = sum(({ brokenSorts }) => brokenSorts.length);
  const shown = sum(({ broken: kept }) => kept.length);
  const first = shown === sorts ? "the first of each" : `the first of ${shown} of them`;
  const by = explored.some(isOurs) ? "rule and faults" : "rule and console";
  return `${counted(broken, "broken run")} of ${counted(sorts, "sort")} (${by}); ${first} is kept`;
}

/** Whether the host was our own stack. */
export function isOurs({ host }: Pick<ExplorationDocument, "host">): boolean {
  return host === OUR_STACK;
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** Our own stack's maxima; what the runs on a guest came to. */
function seenLines(explored: ExplorationDocument): string[] {
  return isOurs(explored) ? maximaLines(explored.maxima, explored.bounds) : sortLines(explored);
}

/** What was seen, and what the stack says. */
export function maximaLines(maxima: Maxima, bounds: Maxima): string[] {
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

function sortLines({ outcomes }: ExplorationDocument): string[] {
  const width = Math.max(...outcomes.map(({ what }) => what.length));
  return outcomes.map(({ what, runs }) => {
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
    unwritten === undefined ? `  baseboard replay ${file}` : `  not kept: ${unwritten}`,
  ];
}
