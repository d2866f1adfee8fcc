import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GOOD } from "../scenario/mistakes.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-bad-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STEP = "{ request: Get Device ID, times: 3, every: 1ms }";
const KEYS = Array.from({ length: 200_000 }, (_, index) => `key${index}: x\n`).join("");
const DOUBLING = Array.from({ length: 40 }, (_, index) => {
  return `a${index + 1}: &b${index + 1} [*b${index}, *b${index}]\n`;
}).join("");

// Goal: whatever a user gives for a scenario, he gets one line that says what is wrong and where, and
// exit status 2. Method: what once gave a stack trace, or nothing for a minute.
describe("run, with what is no scenario", () => {
  test.each([
    [
      "a request of one byte",
      GOOD.replace(STEP, "{ raw: 18 }"),
      /bad\.yaml:10: .*"18" is too short/,
    ],
    ["an alias of nothing", "name: *nobody\n", /bad\.yaml:1: nothing before is called &nobody/],
    ["aliases of aliases", `a0: &b0 [x, x]\n${DOUBLING}`, /bad\.yaml:\d+: more than 200000 values/],
    ["a map for a key", `${GOOD}? { a: b }\n: c\n`, /bad\.yaml:15: a key is a word, not a list/],
    ["200,000 fields", `${GOOD}${KEYS}`, /characters are too many: 262144 are the most/],
    ["two documents", `${GOOD}---\n${GOOD}`, /bad\.yaml:\d+: a second document begins here/],
    [
      "a run file",
      "format: baseboard-run\n",
      /bad\.yaml: this is a run file, not a scenario: baseb/,
    ],
    [
      "a time that stands still",
      GOOD.replace("2s", "9999999999999999min"),
      /bad\.yaml:6: until: .*long/,
    ],
    [
      "an unknown rule",
      GOOD.replace("bmc: []", "bmc: [NOPE-99]"),
      /"NOPE-99" is no rule; the nearest/,
    ],
  ])("%s", (_what, text, message) => {
    writeFileSync(join(folder, "bad.yaml"), text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "run", "bad.yaml"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
