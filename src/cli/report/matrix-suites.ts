import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { cellsOf, isAsExpected, type Reported } from "./cell.ts";
import type { TestOutcome, TestSuite } from "./suites.ts";

/** The matrix for test tools: a suite for each host, a test for each scenario. */
export function matrixSuites(matrix: Matrix, reported: Reported): readonly TestSuite[] {
  return cellsOf(matrix).map(({ host, cells }) => ({
    name: host,
    tests: cells.map(({ scenario, cell }) => ({
      name: scenario.name,
      lengthUs: cell.state === "played" ? cell.result.lengthUs : 0,
      outcome: outcomeOf({ host, scenario, cell }, reported),
    })),
  }));
}

interface Place {
  readonly host: string;
  readonly scenario: Scenario;
  readonly cell: Cell;
}

function outcomeOf({ host, scenario, cell }: Place, reported: Reported): TestOutcome {
  switch (cell.state) {
    case "empty":
      return { state: "skipped", reason: cell.reason };
    case "broken": {
      const { error } = cell;
      const report = endingOf(error).text;
      return { state: "broken", type: error.name, message: plainText(error), report };
    }
    case "played": {
      if (isAsExpected(cell)) return { state: "passed" };
      const message = cell.result.misses.join("; ");
      const report = reported({ scenario, host, result: cell.result });
      return { state: "failed", type: "verdict", message, report };
    }
  }
}
