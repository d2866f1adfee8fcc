import type { Cell, MatchResult, Matrix, Scenario } from "../../lab/index.ts";
import { breachesBy } from "../../referee/index.ts";
import { matchReport } from "./match.ts";

/** What is said of a match that is not as expected. */
export type Reported = (match: {
  readonly scenario: Scenario;
  readonly host: string;
  readonly result: MatchResult;
}) => string;

/** Its verdict. */
export const verdictReported: Reported = ({ scenario, result }) => matchReport(scenario, result);

/** A cell in a word or two: passes, or what the host broke of its own accord. */
export function cellText(cell: Cell): string {
  switch (cell.state) {
    case "empty":
      return "";
    case "broken":
      return "not played";
    case "played":
      return playedText(cell.result);
  }
}

/** Nothing went otherwise than it should. */
export function isAsExpected(cell: Cell): boolean {
  if (cell.state === "played") return cell.result.misses.length === 0;
  return cell.state === "empty";
}

/** All cells with their places, host by host. */
export function cellsOf(matrix: Matrix) {
  return matrix.hosts.map((host, column) => ({
    host,
    cells: matrix.rows.flatMap(({ scenario, cells }) => {
      const cell = cells[column];
      return cell === undefined ? [] : [{ scenario, cell }];
    }),
  }));
}

function playedText({ misses, verdict }: (Cell & { state: "played" })["result"]): string {
  if (misses.length === 0) return "passes";
  const ids = breachesBy("host", verdict).map(({ rule }) => rule);
  return ids.length === 0 ? "not as expected" : ids.join(", ");
}
