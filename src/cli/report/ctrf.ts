import { version } from "../version.ts";
import type { TestOutcome, TestSuite } from "./suites.ts";

/** How CTRF calls what came of a test; what could not be had is neither passed nor failed. */
const STATUS = {
  passed: "passed",
  skipped: "skipped",
  failed: "failed",
  broken: "other",
} as const satisfies Readonly<Record<TestOutcome["state"], string>>;

/**
 * Suites as CTRF, the common JSON of test reports. Times are the tests' own, from 0 on, so that the file
 * is the same in every run.
 *
 * @see Common Test Report Format, specVersion 0.0.0
 */
export function ctrf(suites: readonly TestSuite[]): string {
  let clockMs = 0;
  const tests = suites.flatMap(({ name: suite, tests: of }) => {
    return of.map(({ name, lengthUs, outcome }) => {
      const duration = Math.round(lengthUs / 1_000);
      const start = clockMs;
      clockMs += duration;
      const common = { name, suite: [suite], duration, start, stop: clockMs };
      return { ...common, status: STATUS[outcome.state], ...whyOf(outcome) };
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

function whyOf(outcome: TestOutcome): { message?: string; trace?: string } {
  switch (outcome.state) {
    case "passed":
      return {};
    case "skipped":
      return { message: outcome.reason };
    case "failed":
    case "broken":
      return { message: outcome.message, trace: outcome.report };
  }
}
