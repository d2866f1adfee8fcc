import { Draws } from "../../match/draws.ts";
import type { CoveredFaults, CoveredPairs } from "./covered.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { plainPlan, type RunPlan } from "./plan.ts";
import { type RunClass, runClasses } from "./run-classes.ts";
import { has, placeOf, type Share, WHOLE } from "./share.ts";
import type { Strategy } from "./strategy.ts";
import type { EventMap } from "./survey.ts";

interface Search {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly map: EventMap;
  /** The part of the search that is had here. */
  readonly share?: Share | undefined;
}

/**
 * A fault at each event. Where several events give the same run, it is had once and stands for all
 * of them.
 */
export class FaultEverywhere implements Strategy {
  readonly total: number;
  private readonly _scenario: string;
  private readonly _seed: number;
  private readonly _kinds: number;
  private readonly _events: number;
  private readonly _classes: readonly RunClass[];
  private readonly _situations: number;
  /** Of the situations, those that were tried before. */
  private readonly _known: number;
  private readonly _tried: Set<string> | undefined;
  private readonly _surveyed: boolean;
  private _given = 0;
  private _settled = 0;
  private _pairs = 0;
  private _situationsTried = 0;

  /**
   * `tried`: each fault is tried once in each situation and no more, and not at all in those which
   * are noted there. What is tried is noted.
   */
  constructor(
    scenario: string,
    { seed, kinds, map, tried, share = WHOLE }: Search & { tried?: Set<string> | undefined },
  ) {
    this._scenario = scenario;
    this._seed = seed;
    this._kinds = kinds.length;
    this._events = map.places.length;
    this._surveyed = map.surveyed;
    const classes = runClasses(scenario, kinds, map);
    const fresh = classes.filter((each) => each.fresh);
    this._situations = fresh.length;
    const left = tried === undefined ? classes : fresh.filter((each) => !tried.has(pairOf(each)));
    this._classes = left.filter((_class, place) => has(share, place));
    this._tried = tried;
    this._known = tried === undefined ? 0 : fresh.length - left.length;
    // What is not of this share is of another.
    if (share.of > 1) for (const each of left) tried?.add(pairOf(each));
    this.total = this._classes.length;
  }

  next(): RunPlan | undefined {
    const next = this._classes[this._given];
    if (next === undefined) return undefined;
    this._given++;
    const plan = plainPlan(this._scenario, this._seed);
    const { n, labUs } = next.place;
    return { ...plan, inject: next.kind.injections(this._surveyed ? { n, labUs } : { n }) };
  }

  settle(): void {
    const settled = this._classes[this._settled++];
    if (settled === undefined) return;
    this._pairs += settled.members;
    if (settled.fresh) this._situationsTried++;
    this._tried?.add(pairOf(settled));
  }

  coverage(): CoveredFaults {
    return {
      by: "faults",
      runs: this._settled,
      events: this._events,
      kinds: this._kinds,
      pairs: this._pairs,
      situations: this._situationsTried,
      before: this._known,
      situationsInAll: this._situations,
    };
  }
}

/** Names a fault in a situation. */
function pairOf({ kind, place }: RunClass): string {
  return `${kind.name} ${place.situation}`;
}

/** Two faults at two events, drawn from all such pairs. */
export class FaultPairs implements Strategy {
  readonly total = undefined;
  private readonly _scenario: string;
  private readonly _search: Search;
  private _given = 0;
  private _settled = 0;

  constructor(scenario: string, search: Search) {
    this._scenario = scenario;
    this._search = search;
  }

  next(): RunPlan | undefined {
    const { seed, kinds, map, share = WHOLE } = this._search;
    const draws = new Draws(seed, placeOf(share, this._given++));
    const drawn = [draws.one(map.places), draws.one(map.places)].sort((a, b) => a.n - b.n);
    const inject = drawn.flatMap(({ n }) => draws.one(kinds).injections({ n }));
    return { ...plainPlan(this._scenario, seed), inject };
  }

  settle(): void {
    this._settled++;
  }

  coverage(): CoveredPairs {
    const { kinds, map } = this._search;
    const single = map.places.length * kinds.length;
    return { by: "pairs", runs: this._settled, inAll: (single * (single + 1)) / 2 };
  }
}
