import type { RunPlan } from "./plan.ts";
import type { Breach } from "./run.ts";
import { type Shrunk, shrink } from "./shrink.ts";

/** What a thread of the worker pool does when a broken run is to be made smaller. */
export function work({ plan, breach }: { plan: RunPlan; breach: Breach }): Shrunk {
  return shrink(plan, breach);
}
