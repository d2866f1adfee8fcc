/** The documents of all shards of one piece of work, put together into the document of the whole. */
import {
  coverageText,
  KEPT_MAX,
  most,
  type Share,
  TriedFaults,
  together,
  WHOLE,
} from "../lab/explore/index.ts";
import { Exit, Failure } from "./failure.ts";
import type { ExplorationDocument } from "./report/exploration-document.ts";
import { cellIsAsExpected, type MatrixDocument } from "./report/matrix-document.ts";

/** The one that ends a search soonest stands for all. */
const ENDS = ["interrupted", "time", "first", "runs", "complete"] as const;

/** Of each scenario the whole exploration, in the order in which they are met. */
export function mergedExplorations(
  documents: readonly ExplorationDocument[],
): readonly ExplorationDocument[] {
  const searches = groupsOf(documents, (each) => {
    const { scenario, interface: kind, host, judge, what, seed, shard } = each;
    return JSON.stringify([scenario, kind, host, judge, what, seed, shard.of]);
  });
  return searches.map(mergedExploration);
}

/** The whole matrix, its scenarios in the order in which they were dealt out. */
export function mergedMatrix(documents: readonly MatrixDocument[]): MatrixDocument {
  const shards = inOrder("the matrix", documents);
  const hosts = shards[0]?.hosts ?? [];
  for (const { shard, hosts: its } of shards) {
    if (its.join() === hosts.join()) continue;
    throw wrong(`shard ${textOf(shard)} of the matrix has other hosts: ${its.join(", ")}`);
  }
  const scenarios = shards
    .flatMap(({ shard, scenarios }) => scenarios.map((name, own) => ({ name, own, shard })))
    .sort((a, b) => a.own - b.own || a.shard.part - b.shard.part)
    .map(({ name }) => name);
  const all = shards.flatMap(({ cells }) => cells);
  const cells = hosts.flatMap((host) => {
    return scenarios.flatMap((name) => {
      return all.filter((cell) => cell.host === host && cell.scenario === name);
    });
  });
  return { hosts, scenarios, shard: WHOLE, asExpected: cells.every(cellIsAsExpected), cells };
}

function mergedExploration(documents: readonly ExplorationDocument[]): ExplorationDocument {
  const [first, ...others] = inOrder(documents[0]?.scenario ?? "", documents);
  if (first === undefined) throw wrong("there is nothing to put together");
  const all = [first, ...others];
  const covered = together(all.map((each) => each.covered));
  if (covered === undefined) {
    throw wrong(`${first.scenario}: its shards are of different searches`);
  }
  const sum = (of: (each: ExplorationDocument) => number) => {
    return all.reduce((total, each) => total + of(each), 0);
  };
  return {
    ...first,
    shard: WHOLE,
    ended: ENDS.find((end) => all.some(({ ended }) => ended === end)) ?? "complete",
    runs: sum(({ runs }) => runs),
    brokenRuns: sum(({ brokenRuns }) => brokenRuns),
    brokenSorts: [...new Set(all.flatMap(({ brokenSorts }) => brokenSorts))],
    outcomes: outcomesOf(all),
    events: sum(({ events }) => events),
    seconds: sum(({ seconds }) => seconds),
    covered,
    coverage: coverageText(covered),
    maxima: all.map(({ maxima }) => maxima).reduce(most),
    broken: firstOfEachSort(all),
    firstBroken: all
      .flatMap(({ firstBroken }) => firstBroken)
      .sort((a, b) => a.index - b.index)
      .slice(0, KEPT_MAX),
    tried: triedIn(all),
  };
}

function triedIn(all: readonly ExplorationDocument[]): ExplorationDocument["tried"] {
  const whole = new TriedFaults();
  for (const { tried } of all) whole.takes(tried);
  return whole.result();
}

/** In the order in which the whole search meets them. */
function outcomesOf(all: readonly ExplorationDocument[]): ExplorationDocument["outcomes"] {
  const outcomes = all.flatMap((each) => each.outcomes);
  return groupsOf(outcomes, ({ what }) => what)
    .map((alike) => ({
      what: alike[0]?.what ?? "",
      runs: alike.reduce((total, { runs }) => total + runs, 0),
      first: Math.min(...alike.map(({ first }) => first)),
    }))
    .sort((a, b) => a.first - b.first);
}

function firstOfEachSort(all: readonly ExplorationDocument[]): ExplorationDocument["broken"] {
  const inOrder = all.flatMap(({ broken }) => broken).sort((a, b) => a.index - b.index);
  const met = new Set<string>();
  return inOrder.filter(({ sort }) => !met.has(sort) && met.add(sort));
}

/** Those with the same key, in the order in which the keys are met. */
function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/** All parts, the first one first; throws when one is missing, or there twice. */
function inOrder<D extends { readonly shard: Share }>(of: string, documents: readonly D[]): D[] {
  const sorted = documents.toSorted((a, b) => a.shard.part - b.shard.part);
  const parts = sorted[0]?.shard.of ?? 0;
  for (let part = 1; part <= parts; part++) {
    const there = sorted.filter(({ shard }) => shard.part === part && shard.of === parts).length;
    if (there === 1) continue;
    const what = there === 0 ? "is missing" : `is there ${there} times`;
    throw wrong(`${of}: shard ${part}/${parts} ${what}`);
  }
  const other = sorted.find(({ shard }) => shard.of !== parts);
  if (other !== undefined)
    throw wrong(`${of}: shard ${textOf(other.shard)} is of another division`);
  return sorted;
}

function textOf({ part, of }: Share): string {
  return `${part}/${of}`;
}

function wrong(what: string): Failure {
  return new Failure(Exit.WrongCommand, what);
}
