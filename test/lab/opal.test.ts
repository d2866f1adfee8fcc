import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  HOSTS,
  interfaceOf,
  onInterface,
  readScenario,
  type Scenario,
  whyNotFor,
} from "../../src/lab/index.ts";
import { ScenarioError } from "../../src/scenario/read.ts";
import { run } from "./played.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url);
/** What was written for all interfaces, and says nothing of any. */
const GENERAL: readonly string[] = ["a-right-match", "device-id"];

/** The catalogue as OPAL can have it: what names a register, or a bus, cannot be played there. */
const catalogue = readdirSync(FOLDER).flatMap((file): [string, Scenario, string][] => {
  if (!file.endsWith(".yaml")) return [];
  const plain = readFileSync(new URL(file, FOLDER), "utf8");
  const its = interfaceOf(readScenario(plain, file)) === "opal";
  try {
    const text = onInterface(plain, "opal");
    const scenario = readScenario(text, file);
    if (whyNotFor(scenario, HOSTS.stack) !== undefined) return [];
    return [[its ? "own" : scenario.name, scenario, text]];
  } catch (error) {
    if (error instanceof ScenarioError) return [];
    throw error;
  }
});
const own = catalogue.filter(([name]) => name === "own" || GENERAL.includes(name));

// Goal: what a firmware may return, and what it may not, is met by our own stack as the scenario says,
// and a match over its calls is a pure function.
// Method: play each twice, look at the verdict, and compare the traces byte for byte.
test.each(own.map(([, scenario, text]) => [scenario.name, scenario, text] as const))(
  "%s",
  (_name, scenario, text) => {
    const first = run(scenario, text);
    expect(first.result.misses).toEqual([]);
    expect(first.result.verdict.transactions).toBeGreaterThan(0);
    expect(run(scenario, text).trace === first.trace).toBe(true);
  },
);

// Goal: whatever a BMC does behind the firmware, our own stack breaks nothing.
test("over a firmware's calls our own stack is never guilty", () => {
  const guilty = catalogue.flatMap(([, scenario, text]) => {
    const { violations } = run(scenario, text).result.verdict;
    const host = violations.filter(({ party }) => party === "host");
    return host.map(({ rule }) => `${scenario.name}: ${rule}`);
  });
  expect(guilty).toEqual([]);
  expect(catalogue.length).toBeGreaterThan(100);
}, 120_000);
