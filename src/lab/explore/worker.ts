import { type Batch, runBatch } from "./batch.ts";
import type { Outcome } from "./run.ts";

/** What a thread of the worker pool does. */
export function work(batch: Batch): Outcome[] {
  return runBatch(batch);
}
