import { grouped, most, NO_MAXIMA } from "../../lab/explore/index.ts";
import { foundLine, isOurs, keptText, maximaLines } from "./exploration.ts";
import type { ExplorationDocument } from "./exploration-document.ts";

/** One scenario of several, as soon as it is done. */
export function tableLine(explored: ExplorationDocument, nameWidth: number): string {
  const { scenario, seconds, brokenRuns, coverage } = explored;
  const ended = explored.ended === "complete" ? "" : ` (${explored.ended})`;
  const state = brokenRuns === 0 ? "" : `; ${grouped(brokenRuns)} BROKEN`;
  return `${scenario.padEnd(nameWidth)}  ${seconds.toFixed(1)} s${ended}: ${coverage}${state}`;
}

/** What all of them saw at most, and what is broken. */
export function tableFoot(explored: readonly ExplorationDocument[]): string {
  const [first] = explored;
  if (first === undefined) return "nothing was explored";
  const sum = (of: (each: ExplorationDocument) => number) => {
    return explored.reduce((total, each) => total + of(each), 0);
  };
  const maxima = explored.reduce((so, each) => most(so, each.maxima), NO_MAXIMA);
  return [
    "",
    `${explored.length} scenarios, ${grouped(sum(({ runs }) => runs))} runs in ` +
      `${sum(({ seconds }) => seconds).toFixed(0)} s, ${grouped(sum(({ events }) => events))} events`,
    ...(isOurs(first) ? maximaLines(maxima, first.bounds) : []),
    "",
    foundLine(explored),
    ...explored.flatMap(({ broken }) => keptText(broken)),
  ].join("\n");
}
