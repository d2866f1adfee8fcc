import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type Crew,
  coverageText,
  eventMap,
  explore,
  FaultEverywhere,
  FaultPairs,
  faultKinds,
  HALT,
  NO_MAXIMA,
  ownHands,
  plainPlan,
  planText,
  runPlan,
  Schedules,
  Situations,
  type Strategy,
  Swarm,
  threads,
  traceHash,
} from "../../../src/lab/explore/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { lost, SMALL, small } from "./small.ts";

const IMPATIENT = new URL("../../../docs/examples/impatient-monitor.yaml", import.meta.url);
const map = eventMap(SMALL, 0);
const kinds = faultKinds(SMALL);

const STRATEGIES: readonly (readonly [string, () => Strategy])[] = [
  ["everywhere", () => new FaultEverywhere(SMALL, { seed: 0, kinds, map })],
  ["panic everywhere", () => new FaultEverywhere(SMALL, { seed: 0, kinds: [HALT], map })],
  ["pairs", () => new FaultPairs(SMALL, { seed: 7, kinds, map })],
  ["schedules", () => new Schedules(SMALL, { seed: 7 })],
  ["random", () => new Swarm(SMALL, { seed: 7, events: map.places.length })],
];

/** What a strategy gives when nothing is made of it. */
function plansOf(strategy: Strategy, count: number): string[] {
  return Array.from({ length: count }, () => {
    const plan = strategy.next();
    if (plan === undefined) return "none";
    strategy.settle(plan, { breaches: [], events: 1, choices: 5, maxima: NO_MAXIMA });
    return JSON.stringify(plan);
  });
}

test("the kinds of fault are the product's list, and one for each user", () => {
  expect(kinds.map(({ name }) => name)).toEqual([
    "panic",
    "bmc-reset",
    "bmc-reset-first-answers",
    "daemon-gone",
    "answer-lost",
    "answer-just-in-time",
    "answer-just-too-late",
    "status-obf-stuck",
    "status-obf-stuck-at-0",
    "status-ibf-stuck",
    "status-ibf-stuck-at-0",
    "status-attention-stuck",
    "status-attention-stuck-at-0",
    "status-state-stuck",
    "status-state-stuck-at-0",
    "ibf-late",
    "data-lost",
    "command-lost",
    "data-repeated",
    "command-repeated",
    "byte-written-changed",
    "byte-read-changed",
    "all-ones",
    "interrupt-missing",
    "interrupt-spurious",
    "driver-removed",
    "user-gone a",
    "user-gone b",
  ]);
});

// Goal: the two late answers lie on either side of the host's patience. Method: the host recovers
// from one that it waited for in vain, and from no other.
test.each([
  ["answer-just-in-time", 0],
  ["answer-just-too-late", 1],
])("%s makes the host recover %i times", (name, times) => {
  const [kind] = kinds.filter((each) => each.name === name);
  let up = 0;
  const find = ({ e, n, ...event }: TraceEvent) => {
    if (e === "host" && "what" in event && event.what === "up") up = n;
  };
  runPlan(small, { sinks: () => [{ event: find }] });
  let recoveries = 0;
  const count = (event: TraceEvent) => {
    if (event.e === "host" && event.what === "recovery" && event.n > up) recoveries++;
  };
  const plan = { ...small, inject: kind?.injections({ n: up }) ?? [] };
  expect(runPlan(plan, { sinks: () => [{ event: count }] }).maxima.answerUs).toBeGreaterThan(4.9e6);
  expect(recoveries).toBe(times);
});

// Goal: nothing is left out, and nothing had twice. Method: the plans of a search to its end, and what
// it says that they stand for.
test("a fault everywhere is each kind at each event, once for all that come to the same", () => {
  const few = { ...map, places: map.places.slice(300, 370) };
  const strategy = new FaultEverywhere(SMALL, { seed: 0, kinds, map: few });
  const plans = plansOf(strategy, strategy.total);
  expect(plans).not.toContain("none");
  expect(new Set(plans).size).toBe(strategy.total);
  expect(strategy.total).toBeLessThan(70 * kinds.length);
  expect(strategy.next()).toBeUndefined();
  expect(coverageText(strategy.coverage())).toMatch(
    /runs stand for 1,960 of 1,960 \(all\) pairs of 70 events and 28 faults; .* \(all\) pairs of situation/,
  );
});

test("without a survey each event is tried with each kind", () => {
  const few = { ...map, places: map.places.slice(300, 370), surveyed: false };
  const strategy = new FaultEverywhere(SMALL, { seed: 0, kinds, map: few });
  expect(strategy.total).toBe(1_960);
});

test("each fault once in each situation, also over several scenarios", () => {
  const tried = new Set<string>();
  const situations = new Situations();
  const inSituations = () => {
    const surveyed = eventMap(SMALL, 0, { situations });
    return new FaultEverywhere(SMALL, { seed: 0, kinds, map: surveyed, tried });
  };
  const first = inSituations();
  const all = new FaultEverywhere(SMALL, { seed: 0, kinds, map });
  expect(first.total).toBeLessThan(all.total);
  // The whole search begins with these.
  expect(plansOf(all, first.total)).toEqual(plansOf(first, first.total));
  const again = inSituations();
  expect(again.total).toBe(0);
  expect(coverageText(again.coverage())).toMatch(/of them before$/);
});

// Goal: the bounded enumeration is complete. Method: a run that always has five choice points has
// one schedule without a delay, five with one and ten with two.
test("schedules are complete up to two delays, then they are drawn", () => {
  const strategy = new Schedules(SMALL, { seed: 0 });
  const plans = plansOf(strategy, 16).map((plan) => JSON.parse(plan).delays.length);
  expect(plans).toEqual([0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  plansOf(strategy, 4);
  expect(coverageText(strategy.coverage())).toBe(
    "5 choice points; schedules: 1 of 1 (all) with 0 delays, 5 of 5 (all) with 1 delay, " +
      "10 of 10 (all) with 2 delays, 4 drawn",
  );
});

test("a schedule waits for the runs before it", () => {
  const strategy = new Schedules(SMALL, { seed: 0 });
  expect(strategy.next()).toEqual(small);
  expect(strategy.next()).toBeUndefined();
});

test.each(STRATEGIES)("%s: the same seed gives the same plans", (_name, make) => {
  expect(plansOf(make(), 50)).toEqual(plansOf(make(), 50));
});

test.each(STRATEGIES)("%s: nothing breaks our stack", async (_name, make) => {
  const result = await explore({ strategy: make(), crew: ownHands(), runsMax: 150 });
  expect(result.broken.map(({ plan, outcome }) => [planText(plan), outcome.breaches])).toEqual([]);
  expect(result.runs).toBe(150);
});

test("a plan's run is a pure function of the plan", () => {
  const delayed = { ...small, delays: [{ from: 3, count: 9 }] };
  const injected = { ...small, inject: [{ at: 400, fault: lost }] };
  for (const plan of [small, delayed, injected]) expect(traceHash(plan)).toEqual(traceHash(plan));
  const hashes = [small, delayed, injected].map((plan) => traceHash(plan).trace);
  expect(new Set(hashes).size).toBe(3);
});

test("holding the BMC back changes no answer, only the order of turns", () => {
  const plain = traceHash(small);
  expect(plain.choices).toBeGreaterThan(50);
  const held = traceHash({ ...small, delays: [{ from: 0, count: plain.choices }] });
  expect(held.breaches).toEqual([]);
  expect(held.events).not.toBe(plain.events);
});

async function found(crew: Crew, text: string) {
  const strategy = new Swarm(text, { seed: 3, events: 2_000 });
  try {
    const result = await explore({ strategy, crew, runsMax: 60 });
    return { result, coverage: coverageText(strategy.coverage()) };
  } finally {
    await crew.dismiss();
  }
}

// Goal: what is found does not depend on who looks. Method: the same random runs, here and there.
test("one worker, two workers and none at all find the same", async () => {
  const one = await found(threads(1), SMALL);
  expect(await found(threads(2), SMALL)).toEqual(one);
  expect(await found(ownHands(), SMALL)).toEqual(one);
});

// Goal: where a search stops depends on its order alone. Method: some runs are broken; those who have
// them have later ones in hand when the first of them is judged.
test("an exploration that stops at the first broken run stops at the same one, whoever has it", async () => {
  const text = readFileSync(IMPATIENT, "utf8");
  const search = async (crew: Crew, stopAtFirst: boolean) => {
    const strategy = new Swarm(text, { seed: 3, events: 2_000 });
    const result = await explore({ strategy, crew, stopAtFirst, runsMax: 60 });
    await crew.dismiss();
    return { result, coverage: strategy.coverage() };
  };
  const [first] = (await search(ownHands(), false)).result.broken;
  expect(first?.index).toBeGreaterThan(0);
  for (const crew of [ownHands(), threads(1), threads(2)]) {
    const { result, coverage } = await search(crew, true);
    expect(result).toMatchObject({ ended: "first", broken: [first], brokenRuns: 1 });
    expect(result.runs).toBe((first?.index ?? 0) + 1);
    expect(coverage).toMatchObject({ runs: result.runs });
  }
});

test("an exploration that is interrupted tells what it knows", async () => {
  const controller = new AbortController();
  const crew = threads(1);
  const strategy = new FaultEverywhere(SMALL, { seed: 0, kinds, map });
  const onProgress = () => {
    controller.abort();
    void crew.dismiss();
  };
  const result = await explore({ strategy, crew, signal: controller.signal, onProgress });
  expect(result.ended).toBe("interrupted");
  expect(result.runs).toBeGreaterThan(0);
  expect(result.runs).toBeLessThan(strategy.total);
});

// Goal: each party is held to its rules alone, or both. Method: a BMC that lacks what it must have,
// on nobody's orders.
test.each([
  ["host", []],
  ["bmc", ["GEN-08", "GEN-11"]],
  ["both", ["GEN-08", "GEN-11"]],
] as const)("judged is the %s", (judge, broken) => {
  const scenario = `${SMALL}bmc: { unsupported: [Get SEL Info, Get Self Test Results] }\n`;
  const { breaches } = runPlan({ ...plainPlan(scenario, 0), judge });
  expect([...new Set(breaches.map(({ rule }) => rule))]).toEqual(broken);
});

test("a BMC on the scenario's orders is right", () => {
  const plan = { ...small, inject: [{ at: 77, fault: lost }] };
  expect(runPlan({ ...plan, judge: "both" }).breaches).toEqual([]);
});
