import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { endingOf } from "../../../src/cli/ending.ts";
import { verdictReported } from "../../../src/cli/report/cell.ts";
import { ctrf } from "../../../src/cli/report/ctrf.ts";
import { junit } from "../../../src/cli/report/junit.ts";
import { ktap } from "../../../src/cli/report/ktap.ts";
import { matrixJson, matrixMarkdown, matrixText } from "../../../src/cli/report/matrix.ts";
import { matrixDocumentOf } from "../../../src/cli/report/matrix-document.ts";
import { matrixSuites } from "../../../src/cli/report/matrix-suites.ts";
import { type Cell, type Matrix, readScenario, runStackMatch } from "../../../src/lab/index.ts";
import { parseXml } from "../xml.ts";

const file = new URL("../../../scenarios/dead-channel.yaml", import.meta.url);
const scenario = readScenario(readFileSync(file, "utf8"), "dead-channel.yaml");
const passed = runStackMatch(scenario);

/** As if the host had broken two rules of its own accord, and one that merely followed. */
function hostAtFault(misses: readonly string[]): Cell {
  const finding = passed.verdict.violations[0];
  if (finding === undefined) throw new Error("the dead channel's BMC is at fault");
  const own = { ...finding, party: "host", follows: null } as const;
  const violations = [
    finding,
    { ...own, rule: "STACK-03" },
    { ...own, rule: "KCS-08", follows: 0 },
    { ...own, rule: "STACK-01" },
  ];
  return {
    state: "played",
    result: { ...passed, misses, verdict: { ...passed.verdict, violations } },
  };
}

function matrixOf(...cells: readonly Cell[]): Matrix {
  return { hosts: cells.map((_cell, index) => `host-${index}`), rows: [{ scenario, cells }] };
}

const ctrfOf = (matrix: Matrix, reported = verdictReported) => ctrf(matrixSuites(matrix, reported));
const junitOf = (matrix: Matrix, reported = verdictReported) => {
  return junit(matrixSuites(matrix, reported));
};
const ktapOf = (matrix: Matrix, reported = verdictReported) => ktap(matrixSuites(matrix, reported));

const GONE = new TypeError("QEMU is gone");
const EVERY_STATE = matrixOf(
  { state: "played", result: passed },
  hostAtFault(["the host breaks STACK-03"]),
  { state: "empty", reason: "not for that host" },
  { state: "broken", error: GONE },
);

describe("every state of a cell", () => {
  test("in CTRF: each a test with a status, and why", () => {
    const { results } = JSON.parse(ctrfOf(EVERY_STATE, () => "what happened"));
    expect(results.summary).toMatchObject({
      ...{ tests: 4, passed: 1, failed: 1, skipped: 1, other: 1, pending: 0 },
      ...{ start: 0, stop: results.tests.at(-1).stop },
    });
    expect(results.tests).toMatchObject([
      { name: "dead-channel", suite: ["host-0"], status: "passed" },
      { status: "failed", message: "the host breaks STACK-03", trace: "what happened" },
      { status: "skipped", message: "not for that host" },
      { status: "other", message: expect.stringContaining("QEMU is gone") },
    ]);
    for (const { duration } of results.tests) expect(Number.isInteger(duration)).toBe(true);
  });

  test("what is reported of a failure is in JUnit and KTAP, too", () => {
    for (const written of [junitOf, ktapOf]) {
      expect(written(EVERY_STATE, ({ host }) => `what happened on ${host}`)).toContain(
        "what happened on host-1",
      );
    }
  });

  test("in Markdown: what the host broke of its own accord, and the rest folded below", () => {
    const written = matrixMarkdown(EVERY_STATE, () => "what ```happened```\n");
    expect(written.split("\n")).toEqual([
      "| scenario | host-0 | host-1 | host-2 | host-3 |",
      "| --- | --- | --- | --- | --- |",
      "| dead-channel | passes | STACK-03, STACK-01 |  | not played |",
      "",
      ...["<details>", "<summary>dead-channel on host-1</summary>", ""],
      ...["````text", "what ```happened```", "````", "", "</details>", ""],
      ...["<details>", "<summary>dead-channel on host-3</summary>", "", "```text"],
      ...endingOf(GONE).text.trimEnd().split("\n"),
      ...["```", "", "</details>", ""],
    ]);
  });

  test("in text: in columns, with what is wrong beneath", () => {
    expect(matrixText(matrixDocumentOf(EVERY_STATE)).split("\n")).toEqual([
      "scenario      host-0  host-1              host-2  host-3",
      "dead-channel  passes  STACK-03, STACK-01  -       not played",
      "",
      "- the scenario is not for that host",
      "",
      "dead-channel on host-1: NOT as the scenario expects",
      "  the host breaks STACK-03",
      "",
      "dead-channel on host-3: NOT as the scenario expects",
      "  it could not be played: QEMU is gone",
      "",
      "1 of 3 matches as expected",
      "",
    ]);
  });

  test("in JUnit XML: nothing, a failure, a skip, an error", () => {
    const { children, attributes } = parseXml(junitOf(EVERY_STATE));
    expect(attributes).toMatchObject({ tests: "4", failures: "1", errors: "1", skipped: "1" });
    const cases = children.map((suite) => suite.children[0]?.children ?? []);
    expect(cases.map((inside) => inside.map(({ name }) => name))).toEqual([
      [],
      ["failure"],
      ["skipped"],
      ["error"],
    ]);
    expect(cases[2]?.[0]?.attributes).toEqual({ message: "not for that host" });
    expect(cases[3]?.[0]?.attributes).toEqual({ type: "TypeError", message: "QEMU is gone" });
    expect(cases[3]?.[0]?.text).toMatch(/a bug in baseboard.*\nTypeError: QEMU is gone\n +at /);
  });

  test("in KTAP: a test for each host, a subtest for each scenario, and why not", () => {
    const lines = ktapOf(EVERY_STATE).split("\n");
    expect(lines.filter((line) => !line.startsWith("  #"))).toEqual([
      ...["KTAP version 1", "1..4"],
      ...["  KTAP version 1", "  1..1", "  ok 1 dead-channel", "ok 1 host-0"],
      ...["  KTAP version 1", "  1..1", "  not ok 1 dead-channel", "not ok 2 host-1"],
      ...[
        "  KTAP version 1",
        "  1..1",
        "  ok 1 dead-channel # SKIP not for that host",
        "ok 3 host-2",
      ],
      ...["  KTAP version 1", "  1..1", "  not ok 1 dead-channel", "not ok 4 host-3"],
      "",
    ]);
    expect(lines).toContain("  #   the host breaks STACK-03");
    expect(lines.join("\n")).toMatch(/\n {2}# .*TypeError: QEMU is gone\n {2}# +at /);
  });

  test("in JSON: as expected only where there is a verdict that says so", () => {
    const { asExpected, cells } = JSON.parse(matrixJson(matrixDocumentOf(EVERY_STATE)));
    expect(asExpected).toBe(false);
    expect(cells).toMatchObject([
      { host: "host-0", state: "played", text: "passes", match: { asExpected: true } },
      { host: "host-1", state: "played", match: { asExpected: false } },
      { host: "host-2", state: "empty", reason: "not for that host" },
      { host: "host-3", state: "broken", asExpected: false },
    ]);
    expect(cells[3].error).toMatch(/QEMU is gone/);
  });
});

// Goal: no text of a verdict makes a line that a reader of KTAP takes for something else.
test.each(["a\nok 7 b", "# SKIP", "x\n1..9", "\n\n", "KTAP version 2"])("%j in KTAP", (text) => {
  const skipped: Cell = { state: "empty", reason: text };
  const lines = ktapOf(matrixOf(hostAtFault([text]), skipped))
    .trimEnd()
    .split("\n");
  const known = /^( {2})?(KTAP version 1|1\.\.\d+|(not )?ok 1 dead-channel|(not )?ok \d host-\d)$/;
  const rest = lines.filter((line) => !known.test(line));
  expect(
    rest.filter((line) => !/^ {2}#( |$)|^ {2}ok 1 dead-channel # SKIP [^#]*$/.test(line)),
  ).toEqual([]);
});

// Goal: whatever a guest's console put into a verdict, the file is XML and says the same.
// Method: every character below 100h, those around the edges of XML's, and text that looks like it.
describe("any text in JUnit XML", () => {
  const below = Array.from({ length: 0x100 }, (_none, code) => String.fromCharCode(code));
  const edges = ["\u2028", "\ud7ff", "\ue000", "\ufffd", "\ufffe", "\uffff", "\u{1f600}"];
  const halves = ["\ud800", "\udbff", "\udc00", "\udfff"];
  const marked = ["]]>", "<!--", "&amp;", "&#1;", "</failure>", "\r\n"];

  test.each([...below, ...edges, ...halves, ...marked].map((text) => [text]))("%j", (text) => {
    const [suite] = parseXml(junitOf(matrixOf(hostAtFault([`<${text}>`])))).children;
    const failure = suite?.children[0]?.children[0];
    const kept = text.replace(
      /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
      "\ufffd",
    );
    expect(failure?.attributes["message"]).toBe(`<${kept}>`);
    expect(failure?.text).toContain(`  <${kept}>\n`);
  });
});

test("what there is to remark on a host's matches is said once, in text", () => {
  const cell: Cell = { state: "played", result: { ...passed, remarks: ["booted anew"] } };
  const row = { scenario, cells: [cell] };
  const text = matrixText(matrixDocumentOf({ hosts: ["linux:6.1"], rows: [row, row] }));
  expect(text.match(/^remark on linux:6\.1: booted anew$/gm)).toHaveLength(1);
});

test("no name breaks a Markdown table, or what is below it", () => {
  const matrix = { ...EVERY_STATE, hosts: ["a|b", "<c>", "d", "e"] };
  const written = matrixMarkdown(matrix);
  expect(written).toMatch(/^\| scenario \| a\\\|b \| <c> \| d \| e \|$/m);
  expect(written).toContain("<summary>dead-channel on &lt;c&gt;</summary>");
});
