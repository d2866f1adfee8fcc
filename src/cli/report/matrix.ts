/**
 * What many matches come to: the table for a terminal and for a document, and the exit status. Each form
 * is one function of the matrix's document.
 */
import type { Matrix } from "../../lab/index.ts";
import { endingOf } from "../ending.ts";
import { Exit } from "../failure.ts";
import { isAsExpected, verdictReported } from "./cell.ts";
import { markdownTable, markdownTroubles } from "./markdown.ts";
import {
  cellIsAsExpected,
  type MatrixCell,
  type MatrixDocument,
  matrixDocumentOf,
} from "./matrix-document.ts";
import { matrixDocumentSuites, matrixSuites } from "./matrix-suites.ts";

/** Where a text table has nothing to say. */
const BLANK = "-";

/** The table for a terminal, what is not as expected, and a count. */
export function matrixText(matrix: MatrixDocument): string {
  const table = tableOf(matrix).map((row) => row.map((text) => text || BLANK));
  const widths = matrix.hosts.map((_host, column) => widest(table, column + 1));
  const first = widest(table, 0);
  const lines = table.map(([name = "", ...cells]) => {
    const padded = cells.map((text, column) => text.padEnd(widths[column] ?? 0));
    return [name.padEnd(first), ...padded].join("  ").trimEnd();
  });
  const notes = notesOn(matrix);
  if (notes.length > 0) lines.push("", ...notes);
  const played = matrix.cells.filter(({ state }) => state !== "empty");
  const wrong = played.filter((cell) => !cellIsAsExpected(cell));
  for (const cell of wrong) {
    lines.push(
      "",
      `${cell.scenario} on ${cell.host}: NOT as the scenario expects`,
      ...whyNot(cell),
    );
  }
  lines.push("", `${played.length - wrong.length} of ${played.length} matches as expected`);
  return `${lines.join("\n")}\n`;
}

/** The table for a page or a comment, and below it what is not as expected. */
export function matrixMarkdown(matrix: Matrix, reported = verdictReported): string {
  const table = markdownTable(tableOf(matrixDocumentOf(matrix)));
  return `${table}${markdownTroubles(matrixSuites(matrix, reported))}`;
}

/** The same of a matrix of which only the document is left. */
export function matrixDocumentMarkdown(document: MatrixDocument): string {
  return markdownTable(tableOf(document)) + markdownTroubles(matrixDocumentSuites(document));
}

/** The document itself. */
export function matrixJson(matrix: MatrixDocument): string {
  return `${JSON.stringify(matrix, undefined, 2)}\n`;
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

function whyNot(cell: MatrixCell): readonly string[] {
  switch (cell.state) {
    case "played":
      return cell.match.misses.map((miss) => `  ${miss}`);
    case "broken":
      return [`  it could not be played: ${cell.reason}`];
    case "empty":
      return [];
  }
}

/** What a reader should know of blank cells, and of how the matches were made, each said once. */
function notesOn({ cells }: MatrixDocument): readonly string[] {
  const notes = cells.flatMap((cell) => {
    if (cell.state === "empty") return [`${BLANK} the scenario is not for that host`];
    if (cell.state === "broken") return [];
    return cell.match.remarks.map((remark) => `remark on ${cell.host}: ${remark}`);
  });
  return [...new Set(notes)];
}

/** Rows of texts, the first one with the hosts' names. */
function tableOf({ hosts, scenarios, cells }: MatrixDocument): string[][] {
  // Host by host, each with all scenarios.
  const rows = scenarios.map((name, row) => [
    name,
    ...hosts.map((_host, column) => cells[column * scenarios.length + row]?.text ?? ""),
  ]);
  return [["scenario", ...hosts], ...rows];
}

function widest(table: readonly (readonly string[])[], column: number): number {
  return Math.max(...table.map((row) => row[column]?.length ?? 0));
}
