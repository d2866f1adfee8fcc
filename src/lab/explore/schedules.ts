import { assert } from "../../assert.ts";
import { Draws } from "../../match/draws.ts";
import type { CoveredSchedules } from "./covered.ts";
import { type Delay, plainPlan, type RunPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";
import { countOf, placeOf, type Share, WHOLE } from "./share.ts";
import type { Strategy } from "./strategy.ts";

/** With so many delays all schedules are tried, where time allows; with more, some are drawn. */
const DELAYS_COMPLETE_MAX = 2;
/** A drawn schedule changes whose turn it is so often at most, ... */
const CHANGES_MAX = 6;
/** ... and holds the BMC back for so many choice points at a time at most. */
const HELD_MAX = 24;

/** A schedule that was tried, from which those with one delay more follow. */
interface Tried {
  readonly delays: readonly Delay[];
  /** Its choice points behind its last delay, at which the next one may stand. */
  readonly from: number;
  readonly to: number;
}

/**
 * The schedules of host and BMC. All with no delay, then all with one, then all with two: a
 * delay is one choice point answered against the ordinary course, so that the BMC's due work waits
 * for the host's next access, or another of two tied tasks goes first. Then, seeded, schedules in
 * which priorities change at a few points, and the BMC is held back for a stretch at each; none of
 * these with `draws: false`.
 *
 * Of a search that several share each has the schedule without a delay, which says where delays may
 * stand; it counts for the first. Those with one delay are dealt out, and whoever has one has those
 * that follow from it.
 */
export class Schedules implements Strategy {
  private readonly _scenario: string;
  private readonly _seed: number;
  private readonly _delaysMax: number;
  private readonly _draws: boolean;
  private readonly _share: Share;
  /** The schedules of the level before this one, and how far their followers are given. */
  private _parents: readonly Tried[] = [];
  private _parent = 0;
  private _point = 0;
  /** What is had here of the followers that there are at this level. */
  private _dealt = WHOLE;
  private _children: Tried[] = [];
  /** By number of delays: the runs that are needed, as far as known, and that are done. */
  private readonly _levels: { total: number; given: number; done: number }[] = [
    { total: 1, given: 0, done: 0 },
  ];
  private _points = 0;
  private _drawn = 0;
  private _drawnDone = 0;

  constructor(
    scenario: string,
    {
      seed,
      delaysMax = DELAYS_COMPLETE_MAX,
      draws = true,
      share = WHOLE,
    }: {
      seed: number;
      delaysMax?: number;
      draws?: boolean;
      share?: Share | undefined;
    },
  ) {
    this._share = share;
    this._draws = draws;
    this._scenario = scenario;
    this._seed = seed;
    this._delaysMax = delaysMax;
  }

  get total(): number | undefined {
    return undefined;
  }

  next(): RunPlan | undefined {
    for (let depth = this._levels.length - 1; depth <= this._delaysMax; depth++) {
      const level = this._levels[depth];
      assert(level !== undefined, "each depth that was reached has its level");
      if (level.given < level.total) {
        level.given++;
        return this.#plan(depth === 0 ? [] : this.#follower());
      }
      if (level.done < level.total) return undefined;
      if (depth === this._delaysMax && !this._draws) return undefined;
      this.#deepen();
    }
    return this._points === 0 || !this._draws ? undefined : this.#draw();
  }

  settle(plan: RunPlan, outcome: Outcome): void {
    const depth = this._levels.length - 1;
    const level = this._levels[depth];
    if (level === undefined || depth > this._delaysMax) {
      this._drawnDone++;
      return;
    }
    level.done++;
    if (depth === 0) this._points = outcome.choices;
    if (depth === this._delaysMax) return;
    const last = plan.delays.at(-1);
    const from = last === undefined ? 0 : last.from + last.count;
    this._children.push({ delays: plan.delays, from, to: Math.max(from, outcome.choices) });
  }

  coverage(): CoveredSchedules {
    const levels = this._levels.slice(0, this._delaysMax + 1).map(({ total, done }, delays) => {
      return delays === 0 && this._share.part > 1 ? { total: 0, done: 0 } : { total, done };
    });
    return { by: "schedules", points: this._points, levels, drawn: this._drawnDone };
  }

  #deepen(): void {
    this._parents = this._children;
    this._children = [];
    this._parent = 0;
    this._dealt = this._levels.length === 1 ? this._share : WHOLE;
    this._point = this.#firstPoint();
    const total = this._parents.reduce((sum, { from, to }) => {
      return sum + countOf(this._dealt, to - from);
    }, 0);
    this._levels.push({ total, given: 0, done: 0 });
  }

  /** The next schedule that has one delay more than a parent. */
  #follower(): readonly Delay[] {
    for (;;) {
      const parent = this._parents[this._parent];
      if (parent === undefined) return [];
      if (this._point < parent.to) {
        const from = this._point;
        this._point += this._dealt.of;
        return [...parent.delays, { from, count: 1 }];
      }
      this._parent++;
      this._point = this.#firstPoint();
    }
  }

  /** At which the first follower of this parent has its delay. */
  #firstPoint(): number {
    return (this._parents[this._parent]?.from ?? 0) + placeOf(this._dealt, 0);
  }

  #draw(): RunPlan {
    const draws = new Draws(this._seed, placeOf(this._share, this._drawn++));
    const changes = 1 + draws.below(CHANGES_MAX);
    const points = Array.from({ length: changes }, () => draws.below(Math.max(1, this._points)));
    const delays: Delay[] = [];
    for (const from of points.sort((a, b) => a - b)) {
      const last = delays.at(-1);
      const least = last === undefined ? 0 : last.from + last.count;
      if (from >= least) delays.push({ from, count: 1 + draws.below(HELD_MAX) });
    }
    return this.#plan(delays);
  }

  #plan(delays: readonly Delay[]): RunPlan {
    return { ...plainPlan(this._scenario, this._seed), delays };
  }
}
