/**
 * What `explore` keeps of the broken runs that it found: the first of each sort, made smaller, as a
 * file that `replay` has again.
 */
import { join } from "node:path";
import { BaseboardError } from "../errors.ts";
import {
  type Breach,
  type Crew,
  type Exploration,
  planText,
  type RunPlan,
  runFileOf,
  type SettledRun,
  type TracedOutcome,
  writeRunFile,
} from "../lab/explore/index.ts";
import type { Loaded } from "./catalogue.ts";
import type { Player } from "./explore-player.ts";
import { WholeFile } from "./whole-file.ts";

/** So many broken runs are shrunk and written; the others are counted. */
const KEPT_MAX = 5;

/** A broken run that was written to a file, the first of its sort. */
export interface Kept {
  /** Which sort that is, in words. */
  readonly sort: string;
  readonly file: string;
  /** Why there is no such file after all; it must not take the finding with it. */
  readonly unwritten: BaseboardError | undefined;
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
  readonly player: Player;
}

/** Of which sorts there are broken runs, and the first of some. */
export interface KeptRuns {
  readonly sorts: readonly string[];
  readonly kept: readonly Kept[];
}

/** Shrinks the first broken run of each sort, and writes it. A guest's runs are kept as they are. */
export async function keepBroken(
  { scenario }: Loaded,
  result: Exploration,
  keeping: Keeping,
): Promise<KeptRuns> {
  const kept: Kept[] = [];
  const first = firstOfEach(result, keeping.player);
  for (const [sort, run] of [...first].slice(0, KEPT_MAX)) {
    kept.push({ sort, ...(await keep(run, scenario.name, keeping)) });
  }
  return { sorts: [...first.keys()], kept };
}

/** Of our own stack, runs that break the same rule under the same faults are of one sort. */
function firstOfEach(
  { broken, sorts }: Exploration,
  player: Player,
): ReadonlyMap<string, SettledRun> {
  if (!player.pure) {
    const wrong = sorts.filter(({ first }) => first.outcome.breaches.length > 0);
    return new Map(wrong.map(({ what, first }) => [what, first]));
  }
  const first = new Map<string, SettledRun>();
  for (const run of broken) {
    const faults = run.plan.inject.map(({ fault: { until, ...what } }) => JSON.stringify(what));
    const sort = [run.outcome.breaches[0]?.rule, ...faults].join(" ");
    if (!first.has(sort)) first.set(sort, run);
  }
  return first;
}

async function keep(run: SettledRun, name: string, keeping: Keeping): Promise<Omit<Kept, "sort">> {
  const { index, plan, outcome } = run;
  const breach = outcome.breaches[0] ?? { rule: "", n: 0, detail: "" };
  const { least, traced } = await leastOf(plan, breach, keeping);
  const { pure, seat } = keeping.player;
  const of = pure ? name : `${name}-${(seat.bmc ?? seat.host ?? "").replace(":", "-")}`;
  const file = join(keeping.folder, `${of}-${index}.yaml`);
  const { rule, detail } = traced.breaches.find((each) => each.rule === breach.rule) ?? breach;
  const remark = `${rule}: ${detail}\n${planText(least)}\nRepeat it: baseboard replay ${file}`;
  const unwritten = write(file, writeRunFile(runFileOf(least, traced, seat), remark));
  return {
    file,
    unwritten,
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
  { crew, signal, player }: Keeping,
): Promise<{ least: RunPlan; traced: TracedOutcome }> {
  const least = player.pure ? await shrunk(plan, breach, { crew, signal }) : plan;
  return { least, traced: await player.again(least) };
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

/** Says why not when it cannot be written. */
function write(path: string, text: string): BaseboardError | undefined {
  let file: WholeFile | undefined;
  try {
    file = new WholeFile("--out", path);
    file.write(text);
    file.finish();
    return undefined;
  } catch (error) {
    if (error instanceof BaseboardError) return error;
    throw error;
  } finally {
    file?.discard();
  }
}
