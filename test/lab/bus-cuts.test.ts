import { expect, test } from "vitest";
import { readScenario, runStackMatch } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";

const CUTS = 1_000;
const REQUESTS = 200;
const USERS = ["a", "b", "c", "d"];

/** Another master wins the bus a thousand times, mostly within reads, several times at once. */
function cutUp(periodMs: number): string {
  const users = USERS.map((name) => {
    const steps = `[{ request: Get Device ID, times: ${REQUESTS}, every: 50ms }]`;
    return `  - { user: ${name}, steps: ${steps} }`;
  });
  const cuts = Array.from({ length: CUTS }, (_, n) => {
    const wire = `{ arbitration: { on: byte, skip: ${20 + ((n * 7) % 11)}, count: 1 } }`;
    return `  - { when: { at: ${1_000 + n * periodMs}ms }, wire: ${wire} }`;
  });
  return `name: cuts
title: A bus of many masters
source: a test
story: Nothing.
interface: ssif
until: 600s
settle: 10ms
workload:
${users.join("\n")}
faults:
${cuts.join("\n")}
expect:
  bmc: []
  host: []
`;
}

// Goal: a bus that others win costs hardly anybody a request. Method: cuts so dense that each try of
// a host with pauses between its tries would meet one.
test.each([20, 50, 100])("of 800 requests a cut every %i ms costs eight at most", (periodMs) => {
  let answered = 0;
  let lost = 0;
  const users = new Set<number>();
  const event = (each: TraceEvent): void => {
    if (each.e === "request" && USERS.includes(each.user)) users.add(each.id);
    if (each.e !== "answer" || !users.has(each.id)) return;
    answered++;
    if (each.cc !== 0) lost++;
  };
  runStackMatch(readScenario(cutUp(periodMs), "cuts"), { sinks: () => [{ event }] });
  expect(answered).toBe(USERS.length * REQUESTS);
  expect(lost).toBeLessThanOrEqual(answered / 100);
});
