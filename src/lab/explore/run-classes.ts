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
  const ranked = kinds.flatMap((kind) => {
    const classes = classesOf(kind, map, merges);
    const met = new Map<number, number>();
    return classes.map((each) => {
      const rank = met.get(each.place.situation) ?? 0;
      met.set(each.place.situation, rank + 1);
      return { ...each, kind, rank, fresh: rank === 0, order: order.get(each.place) ?? 0 };
    });
  });
  // Stable: at one event the kinds come in their own order.
  return ranked.sort((a, b) => a.rank - b.rank || a.order - b.order);
}

function classesOf(kind: FaultKind, map: EventMap, merges: boolean) {
  const classes: { place: Place; members: number }[] = [];
  let before: Place | undefined;
  for (const place of map.places) {
    const last = classes.at(-1);
    const same = merges && before !== undefined && kind.same(before, place, map);
    if (same && last !== undefined) last.members++;
    else classes.push({ place, members: 1 });
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
