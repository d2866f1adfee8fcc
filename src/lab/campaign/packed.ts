import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Batch } from "../explore/batch.ts";
import type { Outcome } from "../explore/run.ts";

/** Outcomes as they lie on the server: those of one batch are much alike, and there may be many batches. */
export function packed(outcomes: readonly Outcome[]): string {
  return deflateRawSync(JSON.stringify(outcomes)).toString("base64");
}

export function unpacked(text: string): readonly Outcome[] {
  return JSON.parse(inflateRawSync(Buffer.from(text, "base64")).toString("utf8"));
}

/** A run is a pure function of its plan: batches of the same plans are the same batch. */
export function batchId(batch: Batch): string {
  return `b${createHash("sha256").update(JSON.stringify(batch)).digest("hex").slice(0, 32)}`;
}
