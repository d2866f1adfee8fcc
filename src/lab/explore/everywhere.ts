import { Draws } from "../../match/draws.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { plainPlan, type RunPlan } from "./plan.ts";
import { type RunClass, runClasses } from "./run-classes.ts";
import { fraction, grouped, type Strategy } from "./strategy.ts";
import type { EventMap } from "./survey.ts";

interface Search {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly map: EventMap;
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
    { seed, kinds, map, tried }: Search & { tried?: Set<string> | undefined },
  ) {
    this._scenario = scenario;
    this._seed = seed;
    this._kinds = kinds.length;
    this._events = map.places.length;
    this._surveyed = map.surveyed;
    const classes = runClasses(scenario, kinds, map);
    const fresh = classes.filter((each) => each.fresh);
    this._situations = fresh.length;
    this._classes =
      tried === undefined ? classes : fresh.filter((each) => !tried.has(pairOf(each)));
    this._tried = tried;
    this._known = tried === undefined ? 0 : fresh.length - this._classes.length;
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

  coverage(): string {
    const pairs = this._events * this._kinds;
    const known = this._known === 0 ? "" : `, ${grouped(this._known)} of them before`;
    const tried = this._situationsTried + this._known;
    return [
      `${grouped(this._settled)} runs stand for ${fraction(this._pairs, pairs)} pairs of ` +
        `${grouped(this._events)} events and ${this._kinds} fault${this._kinds === 1 ? "" : "s"}`,
      `${fraction(tried, this._situations)} pairs of situation and fault${known}`,
    ].join("; ");
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
    const { seed, kinds, map } = this._search;
    const draws = new Draws(seed, this._given++);
    const drawn = [draws.one(map.places), draws.one(map.places)].sort((a, b) => a.n - b.n);
    const inject = drawn.flatMap(({ n }) => draws.one(kinds).injections({ n }));
    return { ...plainPlan(this._scenario, seed), inject };
  }

  settle(): void {
    this._settled++;
  }

  coverage(): string {
    const { kinds, map } = this._search;
    const single = map.places.length * kinds.length;
    const pairs = grouped((single * (single + 1)) / 2);
    return `${grouped(this._settled)} pairs of faults, drawn from ${pairs}`;
  }
}
