import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { INTERFACES, onInterface, readScenario, runStackMatch } from "../../src/lab/index.ts";
import { Course, legalUs } from "../../src/match/course.ts";
import { encodeEvent } from "../../src/trace/jsonl.ts";

const TEXT = `name: small
title: Two users
source: a test
story: Nothing.
until: 120s
workload:
  - user: a
    steps: [{ request: Get Self Test Results, times: 3 }]
  - user: b
    steps: [{ request: Get SEL Info, times: 3 }]
expect: { bmc: [], host: [] }
`;
const SEEDS = Array.from({ length: 16 }, (_, seed) => seed);

function trace(text: string, seed?: number): string {
  const hash = createHash("sha256");
  const sink = {
    event: (event: Parameters<typeof encodeEvent>[0]) => void hash.update(encodeEvent(event)),
  };
  const scenario = readScenario(text, "a test");
  const { misses } = runStackMatch(scenario, {
    sinks: () => [sink],
    ...(seed === undefined ? {} : { seed }),
  });
  expect(misses).toEqual([]);
  return hash.digest("hex");
}

describe.each(INTERFACES)("over %s", (kind) => {
  const text = onInterface(TEXT, kind);

  // Goal: a seed is a legal course of its own, the same each time. Method: traces are compared, and
  // nobody is accused in any of them.
  test("a seed draws a course, and seed 0 is the ordinary one", () => {
    expect(trace(text)).toBe(trace(text, 0));
    const traces = SEEDS.map((seed) => trace(text, seed));
    expect(new Set(traces).size).toBeGreaterThan(SEEDS.length / 2);
    expect(SEEDS.map((seed) => trace(text, seed))).toEqual(traces);
  });

  test("a drawn BMC takes no longer than it may", () => {
    const scenario = readScenario(text, "a test");
    for (const seed of SEEDS) {
      const course = new Course(seed, scenario);
      const us = course.inputLatencyUs + course.readLatencyUs + course.commandLatencyUs;
      expect(us).toBeLessThanOrEqual(legalUs(scenario));
    }
  });
});

test("what a scenario says of its BMC is not drawn", () => {
  const said = `${TEXT}bmc: { input-latency: 7us, command-latency: 2ms }\n`;
  for (const seed of SEEDS) {
    const course = new Course(seed, readScenario(said, "a test"));
    expect(course).toMatchObject({ inputLatencyUs: 7, readLatencyUs: 5, commandLatencyUs: 2_000 });
  }
});

test("a BMC that boots late has the less time for what was written before", () => {
  const scenario = readScenario(`${TEXT}bmc: { boot: 3s }\n`, "a test");
  expect(legalUs(scenario)).toBe(1_900_000);
  const slow = readScenario(`${TEXT}bmc: { input-latency: 1s, command-latency: 1s }\n`, "a test");
  expect(legalUs(slow)).toBe(1_900_000);
  const late = readScenario(`${TEXT}bmc: { boot: 30s }\n`, "a test");
  expect(new Course(7, late).commandLatencyUs).toBeLessThanOrEqual(30);
});

test("a BMC on BT that says how long it takes is that quick", () => {
  const says = (bt: string) => {
    return legalUs(readScenario(`${onInterface(TEXT, "bt")}bmc: { bt: ${bt} }\n`, "a test"));
  };
  expect(says("{ time: 2 }")).toBe(1_960_000);
  expect(says("{ time: 0 }")).toBe(980_000);
  expect(says("{ time: 30 }")).toBe(says("{}"));
});
