import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judgingText } from "../../../src/cli/judge-evidence.ts";

const FOLDER = new URL("../samples/", import.meta.url);
const CAPTURES = readdirSync(FOLDER).filter((name) => name.startsWith("capture-"));

// Goal: right parties are innocent by what their own kernel wrote down of them, from its first line on and
// across what it lost. Method: raw captures of guests in which the lab itself blamed nobody.
test.each(CAPTURES)("%s accuses nobody", (name) => {
  const judging = judgingText({});
  judging.push(readFileSync(new URL(name, FOLDER), "utf8"));
  const verdicts = judging.end().interfaces.map(({ judged }) => judged.verdict);
  expect(verdicts.flatMap(({ violations }) => violations.map(({ rule }) => rule))).toEqual([]);
  expect(verdicts.some(({ events }) => events > 50)).toBe(true);
});
