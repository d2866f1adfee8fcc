import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Breach,
  type Crew,
  type Exploration,
  planText,
  type RunPlan,
  runFileOf,
  runOnGuest,
  type SettledRun,
  type TracedOutcome,
  tracedRun,
  writeRunFile,
} from "../lab/explore/index.ts";
import { type HostParty, inTurns } from "../lab/index.ts";
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
  /** What was added to the scenario: as found, ... */
  readonly found: string;
  readonly eventsFound: number;
  /** ... and when it was shrunk; undefined when it was kept as it is. */
  readonly shrunk: string | undefined;
  readonly eventsShrunk: number;
}

interface Keeping {
  readonly folder: string;
  /** Who shrinks them. */
  readonly crew: Crew;
  /** When it was given, runs are kept as they were found: shrinking takes time. */
  readonly signal: AbortSignal;
  readonly host: HostParty;
  readonly qemu: string | undefined;
}

/** Shrinks the first broken run of each sort, and writes it. A guest's runs are kept as they are. */
export async function keepBroken(
  { scenario }: Loaded,
  result: Exploration,
  keeping: Keeping,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const run of firstOfEach(result, keeping.host).slice(0, KEPT_MAX)) {
    kept.push(await keep(run, scenario.name, keeping));
  }
  return kept;
}

/** Of our own stack, runs that break the same rule under the same faults are of one sort. */
function firstOfEach({ broken, sorts }: Exploration, host: HostParty): readonly SettledRun[] {
  if (!host.pure) {
    return sorts.map(({ first }) => first).filter(({ outcome }) => outcome.breaches.length > 0);
  }
  const first = new Map<string, SettledRun>();
  for (const run of broken) {
    const faults = JSON.stringify(run.plan.inject.map(({ fault: { until, ...what } }) => what));
    const sort = `${run.outcome.breaches[0]?.rule} ${faults}`;
    if (!first.has(sort)) first.set(sort, run);
  }
  return [...first.values()];
}

async function keep(run: SettledRun, name: string, keeping: Keeping): Promise<Kept> {
  const { index, plan, outcome } = run;
  const breach = outcome.breaches[0] ?? { rule: "", n: 0, detail: "" };
  const { least, traced } = await leastOf(plan, breach, keeping);
  const seat = keeping.host.name;
  const of = keeping.host.pure ? name : `${name}-${seat.replace(":", "-")}`;
  const file = join(keeping.folder, `${of}-${index}.yaml`);
  const { rule, detail } = traced.breaches.find((each) => each.rule === breach.rule) ?? breach;
  const remark = `${rule}: ${detail}\n${planText(least)}\nRepeat it: baseboard replay ${file}`;
  write(keeping.folder, file, writeRunFile(runFileOf(least, traced, seat), remark));
  return {
    file,
    index,
    rule,
    detail,
    found: planText(plan),
    eventsFound: outcome.events,
    shrunk: least === plan ? undefined : planText(least),
    eventsShrunk: traced.events,
  };
}

/** What is written is had once more, so that the file holds what comes of it. */
async function leastOf(
  plan: RunPlan,
  breach: Breach,
  { crew, signal, host, qemu }: Keeping,
): Promise<{ least: RunPlan; traced: TracedOutcome }> {
  if (!host.pure) {
    return { least: plan, traced: await runOnGuest(plan, { host, qemu }) };
  }
  const least = await shrunk(plan, breach, { crew, signal });
  return { least, traced: await inTurns(tracedRun(least)) };
}

async function shrunk(
  plan: RunPlan,
  breach: Breach,
  { crew, signal }: Pick<Keeping, "crew" | "signal">,
): Promise<RunPlan> {
  if (signal.aborted || crew.shrink === undefined) return plan;
  try {
    return (await crew.shrink(plan, breach)).plan;
  } catch (error) {
    // A crew that was dismissed gives its work back.
    if (signal.aborted) return plan;
    throw error;
  }
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
