import type { Injection } from "./plan.ts";
import { at, isList, isMap, type Tree, type TreeMap } from "./tree.ts";

/** When less happens before it, a fault fires at another event: so many others are tried. */
const PLACES_MAX = 16;
const SHRUNK = ["workload", "faults", "bmc", "host", "until", "settle"] as const;
const DURATION = /^(\d+)(us|ms|s|min)$/;
const COUNTS: ReadonlySet<string> = new Set(["times", "count"]);

export type Path = readonly string[];

/** A number somewhere in a scenario, in the unit in which it stands there. */
export interface Quantity {
  readonly path: Path;
  readonly value: number;
  readonly unit: string;
  /** It means nothing below this. */
  readonly least: number;
}

/** What a scenario might do without: the largest parts first, of a list the last first. */
export function deletable(scenario: TreeMap): Path[] {
  return partsOf(scenario).filter((path) => path.length > 1 || path[0] !== "workload");
}

export function quantities(scenario: TreeMap): Quantity[] {
  return partsOf(scenario).flatMap((path) => {
    const text = at(scenario, path);
    if (typeof text !== "string") return [];
    const duration = DURATION.exec(text);
    if (duration !== null) {
      return [{ path, value: Number(duration[1]), unit: duration[2] ?? "", least: 0 }];
    }
    const isCount = COUNTS.has(path.at(-1) ?? "") && /^\d+$/.test(text);
    return isCount ? [{ path, value: Number(text), unit: "", least: 1 }] : [];
  });
}

/** Where faults may fire when a run of `before` events has become one of `after` events. */
export function places(
  inject: readonly Injection[],
  before: number,
  after: number,
): (readonly Injection[])[] {
  const first = Math.min(...inject.map((each) => each.at));
  const starts = [Math.round((first * after) / before), first - (before - after)];
  for (let i = 0; i < PLACES_MAX; i++) starts.push(Math.round((i * after) / PLACES_MAX));
  const sensible = starts.filter((start) => start >= 0 && start !== first);
  return [...new Set(sensible)].map((start) => {
    return inject.map((each) => ({ ...each, at: start + each.at - first }));
  });
}

/** The paths of all parts, level by level. */
function partsOf(scenario: TreeMap): Path[] {
  const paths: Path[] = SHRUNK.map((key) => [key]);
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index] ?? [];
    for (const key of keysOf(at(scenario, path))) paths.push([...path, key]);
  }
  return paths.filter((path) => at(scenario, path) !== undefined);
}

function keysOf(tree: Tree | undefined): string[] {
  if (isList(tree)) return [...tree.keys()].reverse().map(String);
  return isMap(tree) ? Object.keys(tree) : [];
}
