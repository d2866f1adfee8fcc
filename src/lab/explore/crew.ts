import { Piscina } from "piscina";
import { packagePath } from "../../package-root.ts";
import { batchOf, runBatch } from "./batch.ts";
import type { RunPlan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { Rehearsals } from "./rehearsals.ts";
import type { Breach, Outcome, RunOptions } from "./run.ts";
import { type Shrunk, shrink } from "./shrink.ts";

/** Has the runs of a batch, and shrinks one, somewhere. */
export interface Crew {
  /** How many batches are worked on at a time. */
  readonly workers: number;
  /** Runs per batch: enough that handing them over costs little, few enough to stop soon. */
  readonly batch: number;
  run(plans: readonly RunPlan[]): Promise<readonly Outcome[]>;
  /** Makes a broken run smaller; without, its runs are kept as they were found. */
  shrink?(plan: RunPlan, breach: Breach): Promise<Shrunk>;
  /** For whoever looks on from elsewhere: how far the search of a scenario is. */
  tell?(scenario: string, progress: Progress): void;
  /** Nothing is left running. What was not done is rejected. */
  dismiss(): Promise<void>;
}

const BATCH = 8;

/** Has them itself, between two turns of the event loop; with a stack of the caller's if given. */
export function ownHands(options: RunOptions = {}): Crew {
  const rehearsals = new Rehearsals(options);
  return {
    workers: 1,
    batch: BATCH,
    run: async (plans) => {
      await new Promise((resolve) => setImmediate(resolve));
      return runBatch(batchOf(plans), rehearsals);
    },
    shrink: async (plan, breach) => shrink(plan, breach, options),
    dismiss: async () => {},
  };
}

/** Threads of this process. They run what was built: a thread cannot load TypeScript. */
export function threads(workers: number): Crew {
  const pool = new Piscina({
    filename: packagePath("dist/lab/explore/worker.js"),
    name: "work",
    minThreads: workers,
    maxThreads: workers,
  });
  const shrinker = { filename: packagePath("dist/lab/explore/shrinker.js"), name: "work" };
  return {
    workers,
    batch: BATCH,
    run: (plans) => pool.run(batchOf(plans)),
    shrink: (plan, breach) => pool.run({ plan, breach }, shrinker),
    dismiss: () => pool.destroy(),
  };
}
