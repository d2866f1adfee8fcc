import type { FaultKind } from "./fault-kinds.ts";
import type { EventMap, Place } from "./survey.ts";
import { at, isList, treeOf } from "./tree.ts";

/** The coarsest stride over the events: the sooner all parts of a run have been tried. */
const STRIDE_MAX = 256;

/** The places at which one kind of fault gives one and the same run. */
export interface RunClass {
  readonly kind: FaultKind;
  /** The first of them. */
  readonly place: Place;
  readonly members: number;
  /** The fault has not been tried in this situation by the classes before. */
  readonly fresh: boolean;
}

/**
 * All runs of a single fault, in the order in which they are worth having: each fault in each
 * situation once, then again, and so on; of these the events that are no register accesses first,
 * then the accesses; and these in ever finer strides, so that a search that is cut short has
 * looked everywhere a little.
 */
export function runClasses(
  scenario: string,
  kinds: readonly FaultKind[],
  map: EventMap,
): readonly RunClass[] {
  const order = orderOf(map.places);
  const merges = map.surveyed && mayMerge(scenario);
  const ranked: Ranked[] = [];
  for (const kind of kinds) {
    const met = new Map<number, number>();
    for (const { place, members } of classesOf(kind, map, merges)) {
      const rank = met.get(place.situation) ?? 0;
      met.set(place.situation, rank + 1);
      const fresh = rank === 0;
      ranked.push({ kind, place, members, fresh, rank, order: order.get(place) ?? 0 });
    }
  }
  // Stable: at one event the kinds come in their own order.
  return ranked.sort((a, b) => a.rank - b.rank || a.order - b.order);
}

interface Ranked extends RunClass {
  /** How often the fault was tried in this situation before. */
  readonly rank: number;
  readonly order: number;
}

function classesOf(
  kind: FaultKind,
  map: EventMap,
  merges: boolean,
): readonly { place: Place; members: number }[] {
  const classes: { place: Place; members: number }[] = [];
  let last: { place: Place; members: number } | undefined;
  let before: Place | undefined;
  for (const place of map.places) {
    if (merges && before !== undefined && last !== undefined && kind.same(before, place, map)) {
      last.members++;
    } else {
      last = { place, members: 1 };
      classes.push(last);
    }
    before = place;
  }
  return classes;
}

/** Where a scenario counts events or waits for any fault, an injected one moves its own. */
function mayMerge(scenario: string): boolean {
  const faults = at(treeOf(scenario), ["faults"]);
  if (!isList(faults)) return true;
  return faults.every((fault) => {
    const awaitsAnyFault =
      at(fault, ["when", "event"]) === "fault" && at(fault, ["when", "what"]) === undefined;
    return at(fault, ["when", "number"]) === undefined && !awaitsAnyFault;
  });
}

/** The places' order among those of one rank. */
function orderOf(places: readonly Place[]): Map<Place, number> {
  const others = places.filter(({ register }) => !register);
  const registers = places.filter(({ register }) => register);
  return new Map([...strided(others), ...strided(registers)].map((place, index) => [place, index]));
}

/** Every STRIDE_MAXth first, then those halfway between, and so on. */
function strided<T>(items: readonly T[]): T[] {
  const ordered = items.filter((_item, index) => index % STRIDE_MAX === 0);
  for (let stride = STRIDE_MAX / 2; stride >= 1; stride /= 2) {
    ordered.push(...items.filter((_item, index) => index % (2 * stride) === stride));
  }
  return ordered;
}
