import { expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";

function scenario(more: string): ReturnType<typeof readScenario> {
  const text = `name: bounds
title: Bounds
source: a test
story: Nothing.
until: 30s
workload:
  - { user: a, steps: [{ request: Get Device ID, times: 5, every: 100ms }] }
${more}
expect: {}
`;
  return readScenario(text, "bounds.yaml");
}

function faultsIn(more: string): string[] {
  const seen: string[] = [];
  const event = (event: TraceEvent) => {
    if (event.e === "fault") seen.push(`${event.what} ${event.t}`);
  };
  runStackMatch(scenario(more), { sinks: () => [{ event }] });
  return seen;
}

const SLOW = "bmc: { slow: 10us }";

test("a fault that has an `until` ends at that time of the trace, whenever it began", () => {
  for (const at of ["10ms", "20ms"]) {
    const [fires = "", ends] = faultsIn(`faults: [{ when: { at: ${at} }, until: 150ms, ${SLOW} }]`);
    expect(fires).toMatch(/^fires /);
    expect(ends).toBe("ends 150000");
  }
});

test("a fault that comes after its `until` ends at once", () => {
  const [fires = "", ends = ""] = faultsIn(
    `faults: [{ when: { at: 200ms }, until: 150ms, ${SLOW} }]`,
  );
  expect(ends.replace("ends", "fires")).toBe(fires);
});

// Goal: a host is held to what the scenario asks of it. Method: one answer is late by 3 s, which our
// stack does not promise to do without.
test("a scenario's own bound takes the place of the stack's", () => {
  const late = "faults: [{ when: { at: 10ms }, answer: { to: any, delay: 3s, times: 1 } }]";
  const broken = (more: string) => {
    const { verdict } = runStackMatch(scenario(more));
    return verdict.violations.filter(({ party }) => party === "host").map(({ rule }) => rule);
  };
  expect(broken(late)).toEqual([]);
  expect(broken(`promises: { answer: 2s }\n${late}`)).toEqual(["STACK-02"]);
  expect(broken(`promises: { answer: 4s }\n${late}`)).toEqual([]);
});
