import type { Covered } from "./covered.ts";
import type { RunPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";

/** Says which runs to have, in an order that depends on nothing but its own arguments. */
export interface Strategy {
  /** The next run; undefined when there is none before all that were given are settled. */
  next(): RunPlan | undefined;
  /** What became of a run that `next` gave; told in the order in which they were given. */
  settle(plan: RunPlan, outcome: Outcome): void;
  /** How many runs there are; undefined when as many as there is time for. */
  readonly total: number | undefined;
  /** What the settled runs cover. */
  coverage(): Covered;
}
