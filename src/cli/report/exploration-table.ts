import { grouped, most, NO_MAXIMA } from "../../lab/explore/index.ts";
import { type Explored, foundLine, keptText, maximaLines } from "./exploration.ts";

/** One scenario of several, as soon as it is done. */
export function tableLine(explored: Explored, nameWidth: number): string {
  const { loaded, result, elapsedMs, coverage } = explored;
  const name = loaded.scenario.name.padEnd(nameWidth);
  const ended = result.ended === "complete" ? "" : ` (${result.ended})`;
  const state = result.brokenRuns === 0 ? "" : `; ${grouped(result.brokenRuns)} BROKEN`;
  return `${name}  ${(elapsedMs / 1_000).toFixed(1)} s${ended}: ${coverage}${state}`;
}

/** What all of them saw at most, and what is broken. */
export function tableFoot(explored: readonly Explored[]): string {
  const [first] = explored;
  if (first === undefined) return "nothing was explored";
  const sum = (of: (each: Explored) => number) => {
    return explored.reduce((total, each) => total + of(each), 0);
  };
  const runs = sum(({ result }) => result.runs);
  const events = sum(({ result }) => result.events);
  const seconds = sum(({ elapsedMs }) => elapsedMs / 1_000);
  const maxima = explored.reduce((so, { result }) => most(so, result.maxima), NO_MAXIMA);
  return [
    "",
    `${explored.length} scenarios, ${grouped(runs)} runs in ${seconds.toFixed(0)} s, ` +
      `${grouped(events)} events`,
    ...(first.host.pure ? maximaLines(maxima, first.loaded) : []),
    "",
    foundLine(explored),
    ...explored.flatMap(({ kept }) => keptText(kept)),
  ].join("\n");
}
