/**
 * What came of one scenario's exploration, as the JSON document that `explore` writes and `merge` reads.
 * All that is said of an exploration to a reader is said of this.
 */
import { z } from "zod";
import { answerBoundUs, panicBoundUs } from "../../host/index.ts";
import {
  type Covered,
  coverageText,
  type Exploration,
  JUDGES,
  type Judge,
  type Maxima,
  type Outcome,
  type SettledRun,
  type Share,
  sortOf,
  type Tried,
  TriedFaults,
} from "../../lab/explore/index.ts";
import { interfaceOf, TRANSPORTS } from "../../lab/index.ts";
import { DEFAULT_PROMISES } from "../../trace/head.ts";
import type { KeptRuns } from "../broken-runs.ts";
import type { Loaded } from "../catalogue.ts";
import type { Player } from "../explore-player.ts";

const count = z.int().nonnegative();
const maxima = z.object({
  answerUs: count,
  runAccesses: count,
  panicUs: count,
  removalUs: count,
}) satisfies z.ZodType<Maxima>;

const covered = z.discriminatedUnion("by", [
  z.object({
    by: z.literal("faults"),
    runs: count,
    events: count,
    kinds: count,
    pairs: count,
    situations: count,
    before: count,
    situationsInAll: count,
  }),
  z.object({ by: z.literal("pairs"), runs: count, inAll: count }),
  z.object({
    by: z.literal("schedules"),
    points: count,
    levels: z.array(z.object({ total: count, done: count })).readonly(),
    drawn: count,
  }),
  z.object({ by: z.literal("runs"), runs: count, kind: z.string() }),
  z.object({ by: z.literal("stops"), runs: count, stops: count, deeds: count }),
]) satisfies z.ZodType<Covered>;

const kept = z.object({
  /** Of which sort of broken runs it is the first. */
  sort: z.string(),
  file: z.string(),
  /** Why there is no such file after all. */
  unwritten: z.string().optional(),
  index: count,
  rule: z.string(),
  detail: z.string(),
  found: z.string(),
  eventsFound: count,
  shrunk: z.string().optional(),
  eventsShrunk: count,
});

/** A broken run as it was found, and what it broke first. */
const brokenRun = z.object({
  index: count,
  rule: z.string(),
  detail: z.string(),
  /** The event of the breach. */
  n: count,
  faults: z.array(z.object({ at: count, fault: z.string() })).readonly(),
});

const tried = z.object({
  width: count,
  faults: z.array(z.string()).readonly(),
  cells: z.array(z.tuple([count, count, count, count]).readonly()).readonly(),
}) satisfies z.ZodType<Tried>;

export const explorationDocument = z.object({
  scenario: z.string(),
  interface: z.enum(TRANSPORTS),
  host: z.string(),
  judge: z.enum(JUDGES),
  what: z.string(),
  seed: count,
  /** The part of the search that these runs are, from 1. */
  shard: z.object({ part: count, of: count }),
  ended: z.enum(["complete", "time", "runs", "first", "interrupted"]),
  runs: count,
  brokenRuns: count,
  /** Runs that break the same rules under the same faults are of one sort. */
  brokenSorts: z.array(z.string()).readonly(),
  outcomes: z.array(z.object({ what: z.string(), runs: count, first: count })),
  events: count,
  seconds: z.number().nonnegative(),
  /** What the scenario comes to as it stands, if it is broken then. */
  plain: z.string().optional(),
  covered,
  coverage: z.string(),
  maxima,
  bounds: maxima,
  broken: z.array(kept),
  /** The first of the broken runs, in the search's order, not only of each sort. */
  firstBroken: z.array(brokenRun).readonly().default([]),
  /** Which faults were tried where. */
  tried: tried.default({ width: 1, faults: [], cells: [] }),
});
export type ExplorationDocument = Readonly<z.infer<typeof explorationDocument>>;

/** What came of one scenario's exploration. */
export interface Explored extends KeptRuns {
  readonly loaded: Loaded;
  readonly player: Player;
  readonly judge: Judge;
  readonly what: string;
  readonly seed: number;
  readonly share: Share;
  /** What the scenario comes to as it stands, where that was looked at. */
  readonly plain: Outcome | undefined;
  readonly result: Exploration;
  readonly covered: Covered;
  readonly elapsedMs: number;
}

/** It as data. */
export function documentOf(explored: Explored): ExplorationDocument {
  const { loaded, player, judge, what, seed, share, plain, covered, elapsedMs } = explored;
  const { runs, brokenRuns, sorts, events, maxima, ended } = explored.result;
  return {
    scenario: loaded.scenario.name,
    interface: interfaceOf(loaded.scenario),
    host: player.name,
    judge,
    what,
    seed,
    shard: share,
    ended,
    runs,
    brokenRuns,
    brokenSorts: explored.sorts,
    outcomes: sorts.map(({ what, runs, first }) => ({ what, runs, first: first.index })),
    events,
    seconds: elapsedMs / 1_000,
    ...(plain === undefined || plain.breaches.length === 0 ? {} : { plain: sortOf(plain) }),
    covered,
    coverage: coverageText(covered),
    maxima,
    bounds: boundsIn(loaded),
    broken: explored.kept.map(({ unwritten, shrunk, ...each }) => ({
      ...each,
      ...(shrunk === undefined ? {} : { shrunk }),
      ...(unwritten === undefined ? {} : { unwritten: unwritten.message }),
    })),
    firstBroken: explored.result.broken.map(brokenRunOf),
    tried: explored.result.tried,
  };
}

function brokenRunOf({ index, plan, outcome }: SettledRun) {
  const { rule = "", detail = "", n = 0 } = outcome.breaches[0] ?? {};
  const names = new TriedFaults();
  const faults = plan.inject.map((each) => ({ at: each.at, fault: names.nameOf(each) }));
  return { index, rule, detail, n, faults };
}

/** The stack's own bounds, unless the scenario sets others. */
function boundsIn({ scenario }: Loaded): Maxima {
  return {
    answerUs: scenario.promises?.answer ?? answerBoundUs(interfaceOf(scenario)),
    runAccesses: DEFAULT_PROMISES.runAccessesMax,
    panicUs: scenario.promises?.panic ?? panicBoundUs(),
    // Whoever still waits is answered at once.
    removalUs: 0,
  };
}
