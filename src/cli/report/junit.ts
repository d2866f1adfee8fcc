import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { cellsOf, isAsExpected, type Reported, verdictReported } from "./cell.ts";

/**
 * The matrix as JUnit XML, for continuous integration: a suite for each host, a case for each
 * scenario. Times are the matches' own, so that the file is the same in every run.
 */
export function matrixJunit(matrix: Matrix, reported = verdictReported): string {
  const suites = cellsOf(matrix).map(({ host, cells }) => {
    const cases = cells.flatMap(({ scenario, cell }) =>
      caseLines({ host, scenario, cell }, reported),
    );
    const counts = countsOf(cells.map(({ cell }) => cell));
    return [`  <testsuite${attributes({ name: host, ...counts })}>`, ...cases, "  </testsuite>"];
  });
  const all = countsOf(matrix.rows.flatMap(({ cells }) => cells));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "baseboard", ...all })}>`,
    ...suites.flat(),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function countsOf(cells: readonly Cell[]) {
  const played = cells.filter(({ state }) => state === "played");
  return {
    tests: String(cells.length),
    failures: String(played.filter((cell) => !isAsExpected(cell)).length),
    errors: String(cells.filter(({ state }) => state === "broken").length),
    skipped: String(cells.filter(({ state }) => state === "empty").length),
    time: seconds(cells.reduce((sum, cell) => sum + lengthUs(cell), 0)),
  };
}

interface Case {
  readonly host: string;
  readonly scenario: Scenario;
  readonly cell: Cell;
}

function caseLines({ host, scenario, cell }: Case, reported: Reported): string[] {
  const { name } = scenario;
  const head = `    <testcase${attributes({ classname: host, name, time: seconds(lengthUs(cell)) })}`;
  const body = outcome({ host, scenario, cell }, reported);
  return body === undefined ? [`${head}/>`] : [`${head}>`, `      ${body}`, "    </testcase>"];
}

/** Undefined for what passes. */
function outcome({ host, scenario, cell }: Case, reported: Reported): string | undefined {
  switch (cell.state) {
    case "empty":
      return `<skipped${attributes({ message: cell.reason })}/>`;
    case "broken": {
      const about = attributes({ type: cell.error.name, message: plainText(cell.error) });
      return `<error${about}>${escaped(endingOf(cell.error).text.trimEnd())}</error>`;
    }
    case "played": {
      if (isAsExpected(cell)) return undefined;
      const about = attributes({ type: "verdict", message: cell.result.misses.join("; ") });
      const text = reported({ scenario, host, result: cell.result });
      return `<failure${about}>${escaped(text)}</failure>`;
    }
  }
}

function lengthUs(cell: Cell): number {
  return cell.state === "played" ? cell.result.lengthUs : 0;
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replace(/[\t\n]/g, numbered)}"`)
    .join("");
}

/** What XML cannot hold at all, such as a guest's console may send: control codes, halves of pairs. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** @see Extensible Markup Language (XML) 1.0, §2.2, §2.4 and §2.11 */
function escaped(text: string): string {
  return text.replace(NOT_XML, "\uFFFD").replace(/[&<>"'\r]/g, numbered);
}

/** A reader would turn a bare carriage return, or white space in an attribute, into something else. */
function numbered(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
