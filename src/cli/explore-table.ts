import { grouped, most, NO_MAXIMA } from "../lab/explore/index.ts";
import { type Explored, keptLines, maximaLines } from "./explore-report.ts";

/** The explorations of several scenarios: a line each, then what they saw at most. */
export function explorationTable(explored: readonly Explored[]): string {
  const [first] = explored;
  if (first === undefined) return "nothing was explored\n";
  const width = Math.max(...explored.map(({ loaded }) => loaded.scenario.name.length));
  const lines = explored.map((each) => {
    const { loaded, result, elapsedMs } = each;
    const state = result.brokenRuns === 0 ? "" : `, ${grouped(result.brokenRuns)} BROKEN`;
    const seconds = (elapsedMs / 1_000).toFixed(1);
    const name = loaded.scenario.name.padEnd(width);
    const ended = result.ended === "complete" ? "" : ` (${result.ended})`;
    return `${name}  ${seconds} s${ended}: ${each.coverage}${state}`;
  });
  const total = totals(explored);
  const { brokenRuns } = total;
  return `${[
    first.what,
    "",
    ...lines,
    "",
    `${explored.length} scenarios, ${grouped(total.runs)} runs in ${total.seconds.toFixed(0)} s, ` +
      `${grouped(total.events)} events`,
    ...(first.host.kind === "stack" ? maximaLines(total.maxima, first.loaded) : []),
    "",
    brokenRuns === 0 ? "nothing is broken" : `${grouped(brokenRuns)} broken runs`,
    ...explored.flatMap(({ kept }) => kept.flatMap(keptLines)),
  ].join("\n")}\n`;
}

function totals(explored: readonly Explored[]) {
  const sum = (of: (each: Explored) => number) => {
    return explored.reduce((total, each) => total + of(each), 0);
  };
  return {
    runs: sum(({ result }) => result.runs),
    brokenRuns: sum(({ result }) => result.brokenRuns),
    events: sum(({ result }) => result.events),
    seconds: sum(({ elapsedMs }) => elapsedMs / 1_000),
    maxima: explored.reduce((so, { result }) => most(so, result.maxima), NO_MAXIMA),
  };
}
