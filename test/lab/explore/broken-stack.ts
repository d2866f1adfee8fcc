import { expect } from "vitest";
import type { HostStack, HostStackParts } from "../../../src/host/index.ts";
import {
  eventMap,
  explore,
  FaultEverywhere,
  faultKinds,
  ownHands,
  plainPlan,
  readRunFile,
  runFileOf,
  runPlan,
  type Shrunk,
  shrink,
  traceHash,
  writeRunFile,
} from "../../../src/lab/explore/index.ts";
import { readPlayed } from "../../../src/scenario/read.ts";

type MakeStack = (parts: HostStackParts) => HostStack;

/** A stack that breaks a promise on purpose, and what exploration has to make of it. */
export interface BrokenStack {
  readonly what: string;
  readonly scenario: string;
  readonly make: MakeStack;
  /** The same without what is wrong in it. */
  readonly mend: MakeStack;
  /** The promise that must be found to be broken, ... */
  readonly rule: string;
  /** ... with these words in what is said of it, ... */
  readonly detail: RegExp;
  /** ... within so many runs, ... */
  readonly runs: number;
  /** ... and still shows when the run is shrunk to a workload of so many steps. */
  readonly steps: number;
  /** The kind of fault to try; all when left out. */
  readonly kind?: string;
}

/**
 * Explores the broken stack, with which nothing shows as long as no fault fires; shrinks the first
 * run that breaks its promise, sends that through a run file, and has it again: the same breach,
 * and the same trace byte for byte. The mended stack breaks nothing in that run.
 */
export async function expectFound(stack: BrokenStack): Promise<void> {
  const { make, mend, rule, detail } = stack;
  const shrunk = await firstBroken(stack);
  const { workload } = readPlayed(shrunk.plan.scenario, "the shrunk scenario");
  expect(workload.flatMap((actor) => actor.steps)).toHaveLength(stack.steps);
  expect(shrunk.plan.inject.length).toBeLessThanOrEqual(1);
  const traced = traceHash(shrunk.plan, { makeStack: make });
  const read = readRunFile(writeRunFile(runFileOf(shrunk.plan, traced), rule), "broken.yaml");
  const again = traceHash(read.plan, { makeStack: make });
  expect(again.trace).toBe(read.trace);
  expect(again.breaches).toEqual(read.breaches);
  const found = again.breaches.filter((breach) => breach.rule === rule);
  expect(found.map((breach) => breach.detail).join("\n")).toMatch(detail);
  expect(traceHash(read.plan, { makeStack: mend }).breaches).toEqual([]);
}

async function firstBroken(stack: BrokenStack): Promise<Shrunk> {
  const { scenario, rule } = stack;
  const options = { makeStack: stack.make };
  expect(runPlan(plainPlan(scenario, 0), options).breaches).toEqual([]);
  const kinds = faultKinds(scenario).filter(({ name }) => name === (stack.kind ?? name));
  const map = eventMap(scenario, 0, options);
  const strategy = new FaultEverywhere(scenario, { seed: 0, kinds, map });
  const found = await explore({ strategy, crew: ownHands(options), runsMax: stack.runs });
  for (const { plan, outcome } of found.broken) {
    const breach = outcome.breaches.find((each) => each.rule === rule);
    if (breach === undefined) continue;
    const shrunk = shrink(plan, breach, options);
    // It is the plan that is made small: a run of less may go on for longer.
    expect(shrunk.plan.scenario.length).toBeLessThanOrEqual(plan.scenario.length);
    return shrunk;
  }
  throw new Error(`${rule} was not found: ${JSON.stringify(found.broken.slice(0, 3))}`);
}
