import type { Crew } from "./crew.ts";
import { type Maxima, most, NO_MAXIMA } from "./measures.ts";
import type { Judge, RunPlan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { Outcome } from "./run.ts";
import { placeOf, type Share, WHOLE } from "./share.ts";
import type { Strategy } from "./strategy.ts";
import { type Tried, TriedFaults } from "./tried.ts";

/** Batches per worker: one that it works on, and one that lies ready. */
const BATCHES_PER_WORKER = 2;
/** Broken runs that are kept whole; the others are counted. */
export const KEPT_MAX = 100;

export interface ExploreOptions {
  readonly strategy: Strategy;
  readonly crew: Crew;
  /** Who is held to the rules; the host when left out. */
  readonly judge?: Judge | undefined;
  /** Which part of a search these runs are; the strategy has the same. */
  readonly share?: Share | undefined;
  /** Runs to have at most. */
  readonly runsMax?: number | undefined;
  /** Ends with the first run, in the search's order, that is broken; later ones do not count. */
  readonly stopAtFirst?: boolean | undefined;
  /** Asked before each batch: whether the time is up. */
  readonly timeIsUp?: () => boolean;
  /** Ends the exploration with what is known. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A run that is over, with what came of it. */
export interface SettledRun {
  /** The run's place in the whole exploration's order. */
  readonly index: number;
  readonly plan: RunPlan;
  readonly outcome: Outcome;
}

/** Runs that came to the same: the same rules broken, the same trouble in the guest. */
export interface Sort {
  /** `nothing is broken`, `STACK-01`, `STACK-01, STACK-08 (hung-task)`. */
  readonly what: string;
  readonly runs: number;
  readonly first: SettledRun;
}

/** What an exploration found. */
export interface Exploration {
  readonly runs: number;
  readonly brokenRuns: number;
  /** The first of them, in the exploration's order. */
  readonly broken: readonly SettledRun[];
  /** In the order in which they were first met. */
  readonly sorts: readonly Sort[];
  readonly events: number;
  readonly maxima: Maxima;
  readonly tried: Tried;
  /** `complete`: there was nothing left to try; `first`: at the first broken run, as was asked for. */
  readonly ended: "complete" | "time" | "runs" | "first" | "interrupted";
}

/** Has a strategy's runs. What it finds depends on how many it had, never on who had them. */
export async function explore(options: ExploreOptions): Promise<Exploration> {
  const exploring = new Exploring(options);
  await exploring.work();
  return exploring.result();
}

interface Pending {
  readonly from: number;
  readonly plans: readonly RunPlan[];
  readonly done: Promise<void>;
}

class Exploring {
  private readonly _options: ExploreOptions;
  private readonly _pending = new Set<Pending>();
  /** Outcomes that came before those of an earlier run. */
  private readonly _early = new Map<number, { plan: RunPlan; outcome: Outcome }>();
  private readonly _broken: SettledRun[] = [];
  private readonly _sorts = new Map<string, { runs: number; first: SettledRun }>();
  private _given = 0;
  private _settled = 0;
  private _brokenRuns = 0;
  private _events = 0;
  private _maxima = NO_MAXIMA;
  private readonly _tried = new TriedFaults();
  private _ended: Exploration["ended"] = "complete";

  constructor(options: ExploreOptions) {
    this._options = options;
  }

  async work(): Promise<void> {
    const { crew } = this._options;
    for (;;) {
      while (this._pending.size < crew.workers * BATCHES_PER_WORKER && this.#begin());
      if (this._pending.size === 0) return;
      await Promise.race([...this._pending].map(({ done }) => done));
      if (this.#interrupted() || this._ended === "first") return;
    }
  }

  result(): Exploration {
    return {
      runs: this._settled,
      brokenRuns: this._brokenRuns,
      broken: this._broken,
      sorts: [...this._sorts].map(([what, sort]) => ({ what, ...sort })),
      events: this._events,
      maxima: this._maxima,
      tried: this._tried.result(),
      ended: this._ended,
    };
  }

  /** Hands a batch out; false when there is none now. */
  #begin(): boolean {
    if (this.#interrupted() || this._ended === "first") return false;
    if (this._options.timeIsUp?.() === true) return this.#stop("time");
    const { judge } = this._options;
    const plans: RunPlan[] = [];
    while (plans.length < this._options.crew.batch) {
      if (this._given >= (this._options.runsMax ?? Number.POSITIVE_INFINITY)) {
        this.#stop("runs");
        break;
      }
      const plan = this._options.strategy.next();
      if (plan === undefined) break;
      plans.push(judge === undefined ? plan : { ...plan, judge });
      this._given++;
    }
    if (plans.length === 0) return false;
    const from = this._given - plans.length;
    const pending: Pending = { from, plans, done: this.#have(plans, () => pending) };
    this._pending.add(pending);
    return true;
  }

  async #have(plans: readonly RunPlan[], pending: () => Pending): Promise<void> {
    let outcomes: readonly Outcome[];
    try {
      outcomes = await this._options.crew.run(plans);
    } catch (error) {
      // A crew that was dismissed gives its work back: that is the end which was asked for.
      if (this.#interrupted() || this._ended === "first") return;
      throw error;
    }
    this._pending.delete(pending());
    for (const [index, outcome] of outcomes.entries()) {
      const plan = plans[index];
      if (plan !== undefined) this._early.set(pending().from + index, { plan, outcome });
    }
    this.#settle();
  }

  /** Takes the outcomes in the order in which the runs were given. */
  #settle(): void {
    const { strategy, onProgress, stopAtFirst, share = WHOLE } = this._options;
    if (this._ended === "first") return;
    for (let next = this._early.get(this._settled); next !== undefined; ) {
      const { plan, outcome } = next;
      const index = this._settled++;
      this._early.delete(index);
      strategy.settle(plan, outcome);
      this.#count({ index: placeOf(share, index), plan, outcome });
      if (stopAtFirst === true && this._brokenRuns > 0) {
        this._ended = "first";
        break;
      }
      next = this._early.get(this._settled);
    }
    const { total } = strategy;
    onProgress?.({ runs: this._settled, brokenRuns: this._brokenRuns, total });
  }

  #count(run: SettledRun): void {
    const { outcome } = run;
    this._events += outcome.events;
    this._maxima = most(this._maxima, outcome.maxima);
    const what = sortOf(outcome);
    const sort = this._sorts.get(what);
    if (sort === undefined) this._sorts.set(what, { runs: 1, first: run });
    else sort.runs++;
    this._tried.add(run.plan, outcome.breaches.length > 0);
    if (outcome.breaches.length === 0) return;
    this._brokenRuns++;
    if (this._broken.length < KEPT_MAX) this._broken.push(run);
  }

  #interrupted(): boolean {
    if (this._options.signal?.aborted !== true) return false;
    this._ended = "interrupted";
    return true;
  }

  #stop(why: "time" | "runs"): false {
    this._ended = why;
    return false;
  }
}

/** What a run came to, in a few words. */
export function sortOf({ breaches, troubles = [], interrupted }: Outcome): string {
  if (interrupted !== undefined) return `broken off: ${interrupted}`;
  const rules = [...new Set(breaches.map(({ rule }) => rule))].sort().join(", ");
  const trouble = troubles.length === 0 ? "" : ` (${troubles.join(", ")})`;
  return `${rules || "nothing is broken"}${trouble}`;
}
