import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judgingText } from "../../../src/cli/judge-evidence.ts";

const FOLDER = new URL("../samples/", import.meta.url);
const CAPTURES = readdirSync(FOLDER).filter((name) => name.startsWith("capture-"));

// Method: a script that is about to end says so; then its events are switched off one by one, as scripts did
// that were printed before, and the driver reads on for a while.
test("behind the script's last word, what it still wrote down is of no account", () => {
  const lines = readFileSync(new URL("capture-kcs-6.1.txt", FOLDER), "utf8").split("\n");
  const at = lines.findIndex((line) => /\[ipmi_si\]/.test(line)) + 80;
  const before = lines.slice(0, at);
  const behind = lines.slice(at).filter((line) => !/: w_port_outb: /.test(line));
  const marker = lines.find((line) => /: tracing_mark_write: /.test(line)) ?? "";
  const lastWord = marker.replace("begins", "ends");
  expect(rulesOf([...before, lastWord, ...behind])).toEqual([]);
  expect(rulesOf([...before, ...behind])).not.toEqual([]);
});

function rulesOf(lines: readonly string[]) {
  const judging = judgingText({});
  judging.push(lines.join("\n"));
  const { interfaces } = judging.end();
  return interfaces.flatMap(({ judged }) => judged.verdict.violations.map(({ rule }) => rule));
}

// Goal: right parties are innocent by what their own kernel wrote down of them, from its first line on and
// across what it lost. Method: raw captures of guests in which the lab itself blamed nobody.
test.each(CAPTURES)("%s accuses nobody", (name) => {
  const judging = judgingText({});
  judging.push(readFileSync(new URL(name, FOLDER), "utf8"));
  const verdicts = judging.end().interfaces.map(({ judged }) => judged.verdict);
  expect(verdicts.flatMap(({ violations }) => violations.map(({ rule }) => rule))).toEqual([]);
  expect(verdicts.some(({ events }) => events > 50)).toBe(true);
});
