import type { SuiteTest, TestSuite } from "./suites.ts";

/**
 * Suites as JUnit XML, for continuous integration. Times are the tests' own, so that the file is the same
 * in every run.
 */
export function junit(suites: readonly TestSuite[]): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "baseboard", ...countsOf(suites.flatMap(({ tests }) => tests)) })}>`,
    ...suites.flatMap(suiteLines),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function suiteLines({ name, tests }: TestSuite): readonly string[] {
  const head = `  <testsuite${attributes({ name, ...countsOf(tests) })}>`;
  return [head, ...tests.flatMap((test) => testLines(name, test)), "  </testsuite>"];
}

function countsOf(tests: readonly SuiteTest[]) {
  const count = (state: string) => {
    return String(tests.filter(({ outcome }) => outcome.state === state).length);
  };
  return {
    tests: String(tests.length),
    failures: count("failed"),
    errors: count("broken"),
    skipped: count("skipped"),
    time: seconds(tests.reduce((sum, { lengthUs }) => sum + lengthUs, 0)),
  };
}

function testLines(classname: string, test: SuiteTest): string[] {
  const { name, lengthUs } = test;
  const head = `    <testcase${attributes({ classname, name, time: seconds(lengthUs) })}`;
  const body = bodyOf(test);
  return body === undefined ? [`${head}/>`] : [`${head}>`, `      ${body}`, "    </testcase>"];
}

/** Undefined for what passes. */
function bodyOf({ outcome }: SuiteTest): string | undefined {
  switch (outcome.state) {
    case "passed":
      return undefined;
    case "skipped":
      return `<skipped${attributes({ message: outcome.reason })}/>`;
    case "failed":
    case "broken": {
      const tag = outcome.state === "failed" ? "failure" : "error";
      const about = attributes({ type: outcome.type, message: outcome.message });
      const text = outcome.state === "failed" ? outcome.report : outcome.report.trimEnd();
      return `<${tag}${about}>${escaped(text)}</${tag}>`;
    }
  }
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
