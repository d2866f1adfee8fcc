import { assert } from "../../assert.ts";
import { Draws } from "../../match/draws.ts";
import { type Delay, plainPlan, type RunPlan } from "./plan.ts";
import type { Outcome } from "./run.ts";
import { fraction, grouped, type Strategy } from "./strategy.ts";

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
 */
export class Schedules implements Strategy {
  readonly #scenario: string;
  readonly #seed: number;
  readonly #delaysMax: number;
  readonly #draws: boolean;
  /** The schedules of the level before this one, and how far their followers are given. */
  #parents: readonly Tried[] = [];
  #parent = 0;
  #point = 0;
  #children: Tried[] = [];
  /** By number of delays: the runs that are needed, as far as known, and that are done. */
  readonly #levels: { total: number; given: number; done: number }[] = [
    { total: 1, given: 0, done: 0 },
  ];
  #points = 0;
  #drawn = 0;
  #drawnDone = 0;

  constructor(
    scenario: string,
    {
      seed,
      delaysMax = DELAYS_COMPLETE_MAX,
      draws = true,
    }: { seed: number; delaysMax?: number; draws?: boolean },
  ) {
    this.#draws = draws;
    this.#scenario = scenario;
    this.#seed = seed;
    this.#delaysMax = delaysMax;
  }

  get total(): number | undefined {
    return undefined;
  }

  next(): RunPlan | undefined {
    for (let depth = this.#levels.length - 1; depth <= this.#delaysMax; depth++) {
      const level = this.#levels[depth];
      assert(level !== undefined, "each depth that was reached has its level");
      if (level.given < level.total) {
        level.given++;
        return this.#plan(depth === 0 ? [] : this.#follower());
      }
      if (level.done < level.total) return undefined;
      if (depth === this.#delaysMax && !this.#draws) return undefined;
      this.#deepen();
    }
    return this.#points === 0 || !this.#draws ? undefined : this.#draw();
  }

  settle(plan: RunPlan, outcome: Outcome): void {
    const depth = this.#levels.length - 1;
    const level = this.#levels[depth];
    if (level === undefined || depth > this.#delaysMax) {
      this.#drawnDone++;
      return;
    }
    level.done++;
    if (depth === 0) this.#points = outcome.choices;
    if (depth === this.#delaysMax) return;
    const last = plan.delays.at(-1);
    const from = last === undefined ? 0 : last.from + last.count;
    this.#children.push({ delays: plan.delays, from, to: Math.max(from, outcome.choices) });
  }

  coverage(): string {
    const parts = this.#levels.slice(0, this.#delaysMax + 1).map(({ total, done }, delays) => {
      return `${fraction(done, total)} with ${delays} delay${delays === 1 ? "" : "s"}`;
    });
    const drawn = this.#drawnDone === 0 ? [] : [`${grouped(this.#drawnDone)} drawn`];
    return `${grouped(this.#points)} choice points; schedules: ${[...parts, ...drawn].join(", ")}`;
  }

  #deepen(): void {
    this.#parents = this.#children;
    this.#children = [];
    this.#parent = 0;
    this.#point = this.#parents[0]?.from ?? 0;
    const total = this.#parents.reduce((sum, { from, to }) => sum + to - from, 0);
    this.#levels.push({ total, given: 0, done: 0 });
  }

  /** The next schedule that has one delay more than a parent. */
  #follower(): readonly Delay[] {
    for (;;) {
      const parent = this.#parents[this.#parent];
      if (parent === undefined) return [];
      if (this.#point < parent.to) {
        return [...parent.delays, { from: this.#point++, count: 1 }];
      }
      this.#parent++;
      this.#point = this.#parents[this.#parent]?.from ?? 0;
    }
  }

  #draw(): RunPlan {
    const draws = new Draws(this.#seed, this.#drawn++);
    const changes = 1 + draws.below(CHANGES_MAX);
    const points = Array.from({ length: changes }, () => draws.below(Math.max(1, this.#points)));
    const delays: Delay[] = [];
    for (const from of points.sort((a, b) => a - b)) {
      const last = delays.at(-1);
      const least = last === undefined ? 0 : last.from + last.count;
      if (from >= least) delays.push({ from, count: 1 + draws.below(HELD_MAX) });
    }
    return this.#plan(delays);
  }

  #plan(delays: readonly Delay[]): RunPlan {
    return { ...plainPlan(this.#scenario, this.#seed), delays };
  }
}
