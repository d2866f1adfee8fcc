import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  HOSTS,
  type InterfaceKind,
  onInterface,
  readScenario,
  runStackMatch,
  ScenarioError,
  whyNotFor,
} from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";

function textOf(name: string): string {
  return readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), "utf8");
}

function scenario(kind: string, wire: string): string {
  return `
name: x
title: x
source: x
story: x
interface: ${kind}
until: 10s
workload: [{ user: a, steps: [{ request: Get Device ID, times: 3, every: 1s }] }]
faults: [{ when: { at: 1s }, wire: ${wire} }]
expect: { bmc: [], host: [] }
`;
}

describe("faults of a wire", () => {
  test.each([
    ["smic", "{ ibf-late: 5us }", /"ibf-late" is no fault of smic/],
    ["smic", "{ stuck: { reg: status, bits: 01, level: 1 } }", /"status" is none of smic's/],
    ["smic", "{ lost-write: { reg: command, count: 1 } }", /"command" is none of smic's/],
    ["kcs", "{ smi: {} }", /"smi" is no fault of kcs/],
    ["kcs", "{ busy-late: 5us }", /"busy-late" is no fault of kcs/],
  ])("on %s, %s is refused with the right words", (kind, wire, message) => {
    expect(() => readScenario(scenario(kind, wire), "x.yaml")).toThrow(ScenarioError);
    expect(() => readScenario(scenario(kind, wire), "x.yaml")).toThrow(message);
  });

  test.each([
    "{ smi: {} }",
    "{ smi: { request: 18 37, restores: false } }",
    "{ busy-late: 30us }",
    "{ stuck: { reg: flags, bits: 01, level: 1 } }",
    "{ lost-write: { reg: control, count: 2 } }",
    "{ repeated-write: { reg: flags, count: 1 } }",
    "{ corrupt: { direction: read, xor: ff, count: 1 } }",
    "{ all-ones: true }",
    "{ missing-interrupt: true }",
    "{ spurious-interrupt: 30us }",
  ])("on smic, %s is played, and nobody is blamed", (wire) => {
    const result = runStackMatch(readScenario(scenario("smic", wire), "x.yaml"));
    expect(result.misses).toEqual([]);
  });
});

// Goal: the scenario's interruptions are where they are meant to be. Method: each one but the first,
// which comes before WR_START, costs the host a fresh start.
test("the SMIs of the catalogue hit the transfer", () => {
  const events: TraceEvent[] = [];
  const sink = { event: (event: TraceEvent) => void events.push({ ...event }) };
  runStackMatch(readScenario(textOf("smic-smi-in-transfer"), "x.yaml"), { sinks: () => [sink] });
  const recoveries = events.filter((event) => event.e === "host" && event.what === "recovery");
  expect(recoveries).toHaveLength(4);
  const asked = events.filter((event) => event.e === "bmc.request" && event.tag === 0);
  expect(asked).toHaveLength(5);
});

test("a kernel looks for registers apart from each other on KCS only", () => {
  const whyNotOn = (kind: InterfaceKind) =>
    whyNotFor(readScenario(onInterface(textOf("spacing-4"), kind), "x.yaml"), HOSTS.linux);
  expect(whyNotOn("kcs")).toBeUndefined();
  for (const kind of ["smic", "bt"] as const) expect(whyNotOn(kind)).toMatch(/on kcs only, not on/);
});
