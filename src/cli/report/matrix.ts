/**
 * What many matches come to: the table for a terminal and for a document, the JSON document, and the
 * exit status. Each form is one function of the matrix, which `commands/matrix.ts` has in a list.
 */
import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { Exit } from "../failure.ts";
import { cellsOf, cellText, isAsExpected } from "./cell.ts";
import { matchJson } from "./match.ts";

/** Where a text table has nothing to say. */
const BLANK = "-";

/** The table for a terminal, what is not as expected, and a count. */
export function matrixText(matrix: Matrix): string {
  const table = tableOf(matrix).map((row) => row.map((text) => text || BLANK));
  const widths = matrix.hosts.map((_host, column) => widest(table, column + 1));
  const first = widest(table, 0);
  const lines = table.map(([name = "", ...cells]) => {
    const padded = cells.map((text, column) => text.padEnd(widths[column] ?? 0));
    return [name.padEnd(first), ...padded].join("  ").trimEnd();
  });
  const played = cellsOf(matrix).flatMap(({ host, cells }) => {
    return cells.filter(({ cell }) => cell.state !== "empty").map((each) => ({ ...each, host }));
  });
  const notes = notesOn(matrix);
  if (notes.length > 0) lines.push("", ...notes);
  const wrong = played.filter(({ cell }) => !isAsExpected(cell));
  for (const { host, scenario, cell } of wrong) {
    lines.push("", `${scenario.name} on ${host}: NOT as the scenario expects`);
    if (cell.state === "played") lines.push(...cell.result.misses.map((miss) => `  ${miss}`));
    if (cell.state === "broken") lines.push(`  it could not be played: ${plainText(cell.error)}`);
  }
  lines.push("", `${played.length - wrong.length} of ${played.length} matches as expected`);
  return `${lines.join("\n")}\n`;
}

/** The table alone, for a document. */
export function matrixMarkdown(matrix: Matrix): string {
  const [head = [], ...rows] = tableOf(matrix);
  const rule = head.map(() => "---");
  const lines = [head, rule, ...rows].map((row) => {
    return `| ${row.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `${lines.join("\n")}\n`;
}

/** Every cell, with its whole verdict. */
export function matrixJson(matrix: Matrix): string {
  const cells = cellsOf(matrix).flatMap(({ host, cells: column }) => {
    return column.map(({ scenario, cell }) => ({ host, ...cellJson(scenario, cell) }));
  });
  const asExpected = matrixAsExpected(matrix);
  const scenarios = matrix.rows.map(({ scenario }) => scenario.name);
  const document = { hosts: matrix.hosts, scenarios, asExpected, cells };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function matrixAsExpected(matrix: Matrix): boolean {
  return matrix.rows.every(({ cells }) => cells.every(isAsExpected));
}

/** A verdict that is not as expected says more than a match that could not be played. */
export function matrixExit(matrix: Matrix): number {
  const cells = matrix.rows.flatMap((row) => row.cells);
  const broken = cells.flatMap((cell) => {
    return cell.state === "broken" ? [endingOf(cell.error).exit] : [];
  });
  if (broken.includes(Exit.Bug)) return Exit.Bug;
  if (cells.some((cell) => cell.state === "played" && !isAsExpected(cell))) {
    return Exit.NotAsExpected;
  }
  return broken.length > 0 ? Exit.Missing : Exit.AsExpected;
}

function cellJson(scenario: Scenario, cell: Cell) {
  const common = { scenario: scenario.name, state: cell.state, text: cellText(cell) };
  switch (cell.state) {
    case "empty":
      return { ...common, reason: cell.reason };
    case "broken":
      return { ...common, asExpected: false, error: endingOf(cell.error).text.trimEnd() };
    case "played":
      return { ...common, match: matchJson(scenario, cell.result) };
  }
}

/** What a reader should know of blank cells, and of how the matches were made, each said once. */
function notesOn(matrix: Matrix): readonly string[] {
  const notes = cellsOf(matrix).flatMap(({ host, cells }) => {
    return cells.flatMap(({ cell }) => {
      if (cell.state === "empty") return [`${BLANK} the scenario is not for that host`];
      if (cell.state === "broken") return [];
      return cell.result.remarks.map((remark) => `remark on ${host}: ${remark}`);
    });
  });
  return [...new Set(notes)];
}

/** Rows of texts, the first one with the hosts' names. */
function tableOf(matrix: Matrix): string[][] {
  const rows = matrix.rows.map(({ scenario, cells }) => [scenario.name, ...cells.map(cellText)]);
  return [["scenario", ...matrix.hosts], ...rows];
}

function widest(table: readonly (readonly string[])[], column: number): number {
  return Math.max(...table.map((row) => row[column]?.length ?? 0));
}
