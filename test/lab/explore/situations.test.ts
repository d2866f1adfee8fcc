import { expect, test } from "vitest";
import { eventMap, plainPlan, runPlan, Situations } from "../../../src/lab/explore/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { SMALL } from "./small.ts";

/** A run's events, each with its situation. */
function told(scenario: string, situations = new Situations()) {
  const events: { event: TraceEvent; situation: number }[] = [];
  situations.begin(scenario);
  const sink = { event: (event: TraceEvent) => void keep(event) };
  const keep = (event: TraceEvent) => events.push({ event, situation: situations.of(event) });
  runPlan(plainPlan(scenario, 0), { sinks: () => [sink] });
  return events;
}

/** The situations from the sending of each request of that command to its end. */
function transfers(scenario: string, command: number): number[][] {
  const found: number[][] = [];
  let open = false;
  for (const { event, situation } of told(scenario)) {
    if (event.e === "send" && event.message[1] === command) {
      open = true;
      found.push([]);
    }
    if (open) found.at(-1)?.push(situation);
    if (event.e === "received") open = false;
  }
  return found;
}

const GET_SELF_TEST_RESULTS = 0x04;

test("a request that is sent again goes through the same situations, and through none twice", () => {
  const [, second = [], third = []] = transfers(SMALL, GET_SELF_TEST_RESULTS);
  expect(second.length).toBeGreaterThan(50);
  expect(third).toEqual(second);
  expect(new Set(second).size).toBeGreaterThan(second.length * 0.9);
});

test("what the host does before anybody asks is the same for every workload", () => {
  const situations = new Situations();
  const other = SMALL.replace("Get SEL Info", "Get Chassis Status");
  const upTo = (scenario: string) => {
    const events = told(scenario, situations);
    const up = events.findIndex(({ event }) => event.e === "host" && event.what === "up");
    return events.slice(0, up).map(({ situation }) => situation);
  };
  const seen = upTo(SMALL);
  expect(seen.length).toBeGreaterThan(500);
  expect(upTo(other)).toEqual(seen);
  // A BMC of another sort may do something else with the same fault.
  const odd = SMALL.replace("workload:", 'bmc: { trusting: "true" }\nworkload:');
  expect(upTo(odd).filter((situation) => seen.includes(situation))).toEqual([]);
});

test("a search takes each fault once in each situation first", () => {
  const map = eventMap(SMALL, 0);
  const situations = new Set(map.places.map(({ situation }) => situation));
  expect(situations.size).toBeLessThan(map.places.length);
  expect(situations.size).toBeGreaterThan(map.places.length / 4);
});
