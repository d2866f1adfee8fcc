import { type Batch, runBatch } from "./batch.ts";
import { Rehearsals } from "./rehearsals.ts";
import type { Outcome } from "./run.ts";

/** The batches of a thread are mostly of one scenario. */
const rehearsals = new Rehearsals();

/** What a thread of the worker pool does. */
export function work(batch: Batch): Outcome[] {
  return runBatch(batch, rehearsals);
}
