import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { cellsOf, isAsExpected, type Reported } from "./cell.ts";
import { cellIsAsExpected, type MatrixCell, type MatrixDocument } from "./matrix-document.ts";
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

/** The same of a matrix of which only the document is left, as `merge` has it: a verdict is told by what it misses. */
export function matrixDocumentSuites({ hosts, cells }: MatrixDocument): readonly TestSuite[] {
  return hosts.map((host) => ({
    name: host,
    tests: cells
      .filter((cell) => cell.host === host)
      .map((cell) => ({
        name: cell.scenario,
        lengthUs: cell.state === "played" ? cell.match.lengthUs : 0,
        outcome: documentOutcomeOf(cell),
      })),
  }));
}

function documentOutcomeOf(cell: MatrixCell): TestOutcome {
  if (cell.state === "empty") return { state: "skipped", reason: cell.reason };
  if (cell.state === "broken") {
    const { reason: message, error } = cell;
    return { state: "broken", type: "not played", message, report: `${error}\n` };
  }
  if (cellIsAsExpected(cell)) return { state: "passed" };
  const { misses, remarks } = cell.match;
  const report = [...misses, ...remarks.map((remark) => `remark: ${remark}`)].join("\n");
  return { state: "failed", type: "verdict", message: misses.join("; "), report: `${report}\n` };
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
