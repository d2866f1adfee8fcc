import { isWell, type SuiteTest, type TestSuite } from "./suites.ts";

const VERSION = "KTAP version 1";

/**
 * Suites as KTAP, which the kernel's own test tools read: a test for each suite, with a subtest for each
 * of its tests, and behind what failed its report as diagnostic lines.
 *
 * @see Linux, Documentation/dev-tools/ktap.rst
 */
export function ktap(suites: readonly TestSuite[]): string {
  const lines = suites.flatMap(({ name, tests }, index) => [
    ...[VERSION, `1..${tests.length}`].map(indented),
    ...tests.flatMap((each, at) => testLines(at + 1, each)).map(indented),
    result(tests.every(isWell), index + 1, name),
  ]);
  return `${[VERSION, `1..${suites.length}`, ...lines].join("\n")}\n`;
}

function testLines(number: number, test: SuiteTest): readonly string[] {
  const { name, outcome } = test;
  const line = result(isWell(test), number, name);
  switch (outcome.state) {
    case "passed":
      return [line];
    case "skipped":
      return [`${line} # SKIP ${oneLine(outcome.reason)}`];
    case "failed":
    case "broken":
      return [line, ...diagnostic(outcome.report)];
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
