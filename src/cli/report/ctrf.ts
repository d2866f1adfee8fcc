import type { Cell, Matrix } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { version } from "../version.ts";
import { cellsOf, isAsExpected, verdictReported } from "./cell.ts";

/**
 * The matrix as CTRF, the common JSON of test reports. Times are the matches' own, from 0 on, so that the
 * file is the same in every run.
 *
 * @see Common Test Report Format, specVersion 0.0.0
 */
export function matrixCtrf(matrix: Matrix, reported = verdictReported): string {
  let clockMs = 0;
  const tests = cellsOf(matrix).flatMap(({ host, cells }) => {
    return cells.map(({ scenario, cell }) => {
      const duration = cell.state === "played" ? Math.round(cell.result.lengthUs / 1_000) : 0;
      const start = clockMs;
      clockMs += duration;
      const report = () =>
        cell.state === "played" ? reported({ scenario, host, result: cell.result }) : "";
      const common = { name: scenario.name, suite: [host], duration, start, stop: clockMs };
      return { ...common, status: statusOf(cell), ...whyOf(cell, report) };
    });
  });
  const count = (status: string) => tests.filter((each) => each.status === status).length;
  const summary = {
    tests: tests.length,
    passed: count("passed"),
    failed: count("failed"),
    pending: 0,
    skipped: count("skipped"),
    other: count("other"),
    start: 0,
    stop: clockMs,
  };
  const results = { tool: { name: "baseboard", version: version() }, summary, tests };
  const document = { reportFormat: "CTRF", specVersion: "0.0.0", results };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** What could not be played is neither. */
function statusOf(cell: Cell): "passed" | "failed" | "skipped" | "other" {
  if (cell.state === "empty") return "skipped";
  if (cell.state === "broken") return "other";
  return isAsExpected(cell) ? "passed" : "failed";
}

function whyOf(cell: Cell, report: () => string): { message?: string; trace?: string } {
  switch (cell.state) {
    case "empty":
      return { message: cell.reason };
    case "broken":
      return { message: plainText(cell.error), trace: endingOf(cell.error).text };
    case "played":
      if (isAsExpected(cell)) return {};
      return { message: cell.result.misses.join("; "), trace: report() };
  }
}
