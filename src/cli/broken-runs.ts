import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type BrokenRun,
  type Exploration,
  planText,
  runFileOf,
  shrink,
  traceHash,
  writeRunFile,
} from "../lab/explore/index.ts";
import type { Loaded } from "./catalogue.ts";
import { Exit, Failure } from "./failure.ts";
import { WholeFile } from "./whole-file.ts";

/** So many broken runs are shrunk and written; the others are counted. */
const KEPT_MAX = 5;

/** A broken run that was written to a file. */
export interface Kept {
  readonly file: string;
  readonly index: number;
  readonly rule: string;
  readonly detail: string;
  /** What was added to the scenario: as found, and when it was shrunk. */
  readonly found: string;
  readonly shrunk: string;
  readonly eventsFound: number;
  readonly eventsShrunk: number;
}

/** Shrinks the first broken run of each sort, and writes it; `whole`: without shrinking. */
export function keepBroken(
  { scenario }: Loaded,
  { broken }: Exploration,
  { folder, whole }: { folder: string; whole: boolean },
): Kept[] {
  const kept: Kept[] = [];
  for (const run of firstOfEach(broken).slice(0, KEPT_MAX)) {
    kept.push(keep(run, { folder, whole, name: scenario.name }));
  }
  return kept;
}

/** Runs that break the same rule under the same faults are of one sort. */
function firstOfEach(broken: readonly BrokenRun[]): BrokenRun[] {
  const first = new Map<string, BrokenRun>();
  for (const run of broken) {
    const faults = JSON.stringify(run.plan.inject.map(({ fault }) => fault));
    const sort = `${run.outcome.breaches[0]?.rule} ${faults}`;
    if (!first.has(sort)) first.set(sort, run);
  }
  return [...first.values()];
}

function keep(
  { index, plan, outcome }: BrokenRun,
  { folder, whole, name }: { folder: string; whole: boolean; name: string },
): Kept {
  const breach = outcome.breaches[0] ?? { rule: "", n: 0, detail: "" };
  const least = whole ? plan : shrink(plan, breach).plan;
  const traced = traceHash(least);
  const file = join(folder, `${name}-${index}.yaml`);
  const { rule, detail } = traced.breaches.find((each) => each.rule === breach.rule) ?? breach;
  const remark = `${rule}: ${detail}\n${planText(least)}\nRepeat it: baseboard replay ${file}`;
  write(folder, file, writeRunFile(runFileOf(least, traced), remark));
  return {
    file,
    index,
    rule,
    detail,
    found: planText(plan),
    shrunk: planText(least),
    eventsFound: outcome.events,
    eventsShrunk: traced.events,
  };
}

function write(folder: string, path: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(Exit.WrongCommand, `--out ${folder}: cannot be made: ${why}`);
  }
  const file = new WholeFile("--out", path);
  try {
    file.write(text);
    file.finish();
  } finally {
    file.discard();
  }
}
