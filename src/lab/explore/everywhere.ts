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
  readonly #scenario: string;
  readonly #seed: number;
  readonly #kinds: number;
  readonly #events: number;
  readonly #classes: readonly RunClass[];
  readonly #situations: number;
  /** Of the situations, those that were tried before. */
  readonly #known: number;
  readonly #tried: Set<string> | undefined;
  readonly #surveyed: boolean;
  #given = 0;
  #settled = 0;
  #pairs = 0;
  #situationsTried = 0;

  /**
   * `tried`: each fault is tried once in each situation and no more, and not at all in those which
   * are noted there. What is tried is noted.
   */
  constructor(
    scenario: string,
    { seed, kinds, map, tried }: Search & { tried?: Set<string> | undefined },
  ) {
    this.#scenario = scenario;
    this.#seed = seed;
    this.#kinds = kinds.length;
    this.#events = map.places.length;
    this.#surveyed = map.surveyed;
    const classes = runClasses(scenario, kinds, map);
    const fresh = classes.filter((each) => each.fresh);
    this.#situations = fresh.length;
    this.#classes =
      tried === undefined ? classes : fresh.filter((each) => !tried.has(pairOf(each)));
    this.#tried = tried;
    this.#known = tried === undefined ? 0 : fresh.length - this.#classes.length;
    this.total = this.#classes.length;
  }

  next(): RunPlan | undefined {
    const next = this.#classes[this.#given];
    if (next === undefined) return undefined;
    this.#given++;
    const plan = plainPlan(this.#scenario, this.#seed);
    const { n, labUs } = next.place;
    return { ...plan, inject: next.kind.injections(this.#surveyed ? { n, labUs } : { n }) };
  }

  settle(): void {
    const settled = this.#classes[this.#settled++];
    if (settled === undefined) return;
    this.#pairs += settled.members;
    if (settled.fresh) this.#situationsTried++;
    this.#tried?.add(pairOf(settled));
  }

  coverage(): string {
    const pairs = this.#events * this.#kinds;
    const known = this.#known === 0 ? "" : `, ${grouped(this.#known)} of them before`;
    const tried = this.#situationsTried + this.#known;
    return [
      `${grouped(this.#settled)} runs stand for ${fraction(this.#pairs, pairs)} pairs of ` +
        `${grouped(this.#events)} events and ${this.#kinds} fault${this.#kinds === 1 ? "" : "s"}`,
      `${fraction(tried, this.#situations)} pairs of situation and fault${known}`,
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
  readonly #scenario: string;
  readonly #search: Search;
  #given = 0;
  #settled = 0;

  constructor(scenario: string, search: Search) {
    this.#scenario = scenario;
    this.#search = search;
  }

  next(): RunPlan | undefined {
    const { seed, kinds, map } = this.#search;
    const draws = new Draws(seed, this.#given++);
    const drawn = [draws.one(map.places), draws.one(map.places)].sort((a, b) => a.n - b.n);
    const inject = drawn.flatMap(({ n }) => draws.one(kinds).injections({ n }));
    return { ...plainPlan(this.#scenario, seed), inject };
  }

  settle(): void {
    this.#settled++;
  }

  coverage(): string {
    const { kinds, map } = this.#search;
    const single = map.places.length * kinds.length;
    const pairs = grouped((single * (single + 1)) / 2);
    return `${grouped(this.#settled)} pairs of faults, drawn from ${pairs}`;
  }
}
