import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { batchOf, runBatch } from "./batch.ts";
import type { RunPlan } from "./plan.ts";
import type { Outcome, RunOptions } from "./run.ts";

/** Has the runs of a batch, somewhere. */
export interface Crew {
  /** How many batches are worked on at a time. */
  readonly workers: number;
  /** Runs per batch: enough that handing them over costs little, few enough to stop soon. */
  readonly batch: number;
  run(plans: readonly RunPlan[]): Promise<readonly Outcome[]>;
  /** Nothing is left running. Batches that were not done are rejected. */
  dismiss(): Promise<void>;
}

const BATCH = 8;

/** Has them itself, between two turns of the event loop; with a stack of the caller's if given. */
export function ownHands(options: RunOptions = {}): Crew {
  return {
    workers: 1,
    batch: BATCH,
    run: async (plans) => {
      await new Promise((resolve) => setImmediate(resolve));
      return runBatch(batchOf(plans), options);
    },
    dismiss: async () => {},
  };
}

/** Threads of this process. They run what was built: a thread cannot load TypeScript. */
export function threads(workers: number): Crew {
  const built = new URL(import.meta.url).pathname.includes("/src/")
    ? new URL("../../../dist/lab/explore/worker.js", import.meta.url)
    : new URL("./worker.js", import.meta.url);
  const pool = new Piscina({
    filename: fileURLToPath(built),
    name: "work",
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    workers,
    batch: BATCH,
    run: (plans) => pool.run(batchOf(plans)),
    dismiss: () => pool.destroy(),
  };
}
