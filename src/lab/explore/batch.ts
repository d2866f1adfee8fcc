import type { Delay, Injection, RunPlan } from "./plan.ts";
import type { Rehearsals } from "./rehearsals.ts";
import type { Outcome } from "./run.ts";

/** Some runs for one worker; those of one scenario share its text. */
export interface Batch {
  readonly scenarios: readonly string[];
  readonly runs: readonly BatchedRun[];
}

interface BatchedRun {
  readonly scenario: number;
  readonly seed: number;
  readonly inject: readonly Injection[];
  readonly delays: readonly Delay[];
}

export function batchOf(plans: readonly RunPlan[]): Batch {
  const scenarios = [...new Set(plans.map(({ scenario }) => scenario))];
  const runs = plans.map((plan) => ({ ...plan, scenario: scenarios.indexOf(plan.scenario) }));
  return { scenarios, runs };
}

export function plansOf({ scenarios, runs }: Batch): readonly RunPlan[] {
  return runs.map((run) => ({ ...run, scenario: scenarios[run.scenario] ?? "" }));
}

export function runBatch(batch: Batch, rehearsals: Rehearsals): Outcome[] {
  return plansOf(batch).map((plan) => rehearsals.run(plan));
}
