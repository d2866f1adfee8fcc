import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf } from "../ending.ts";
import { cellsOf, isAsExpected, type Reported, verdictReported } from "./cell.ts";

const VERSION = "KTAP version 1";

/**
 * The matrix as KTAP, which the kernel's own test tools read: a test for each host, with a subtest for
 * each scenario, and behind what failed its report as diagnostic lines.
 *
 * @see Linux, Documentation/dev-tools/ktap.rst
 */
export function matrixKtap(matrix: Matrix, reported = verdictReported): string {
  const hosts = cellsOf(matrix);
  const lines = hosts.flatMap(({ host, cells }, index) => [
    ...[VERSION, `1..${cells.length}`].map(indented),
    ...cells.flatMap((each, at) => caseLines(at + 1, { host, ...each }, reported)).map(indented),
    result(
      cells.every(({ cell }) => isAsExpected(cell)),
      index + 1,
      host,
    ),
  ]);
  return `${[VERSION, `1..${hosts.length}`, ...lines].join("\n")}\n`;
}

interface Case {
  readonly host: string;
  readonly scenario: Scenario;
  readonly cell: Cell;
}

function caseLines(
  number: number,
  { host, scenario, cell }: Case,
  reported: Reported,
): readonly string[] {
  const line = result(isAsExpected(cell), number, scenario.name);
  switch (cell.state) {
    case "empty":
      return [`${line} # SKIP ${oneLine(cell.reason)}`];
    case "broken":
      return [line, ...diagnostic(endingOf(cell.error).text)];
    case "played":
      return isAsExpected(cell)
        ? [line]
        : [line, ...diagnostic(reported({ scenario, host, result: cell.result }))];
  }
}

function result(passes: boolean, number: number, name: string): string {
  return `${passes ? "ok" : "not ok"} ${number} ${oneLine(name)}`;
}

function diagnostic(text: string): readonly string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `# ${line}`.trimEnd());
}

function indented(line: string): string {
  return `  ${line}`;
}

/** A name ends at a `#`, and at the line's end. */
function oneLine(text: string): string {
  return text.replace(/[#\n]+/g, " ");
}
