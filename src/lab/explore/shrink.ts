import fc from "fast-check";
import { ScenarioError } from "../../scenario/read.ts";
import { deletable, places, quantities } from "./cuts.ts";
import type { RunPlan } from "./plan.ts";
import { type Breach, type Outcome, type RunOptions, runPlan } from "./run.ts";
import { at, type Tree, textOf, treeOf, withAt } from "./tree.ts";

/** So many runs a shrink costs at most. */
const RUNS_MAX = 600;
/** Of the smaller values that fast-check proposes for a number, so many are tried. */
const SMALLER_MAX = 12;

/** A plan made small that still breaks what it broke. */
export interface Shrunk {
  readonly plan: RunPlan;
  readonly outcome: Outcome;
  /** How many runs it cost. */
  readonly runs: number;
}

/**
 * Makes a broken run smaller as long as it breaks the same rule first. Lists and fields are cut by
 * a loop of our own: a run that an enumeration found was not made by an arbitrary, so
 * fast-check does not know its parts, nor that a cut moves the events at which faults fire. The
 * numbers that remain shrink as fast-check's integers do.
 */
export function shrink(plan: RunPlan, breach: Breach, options: RunOptions = {}): Shrunk {
  return new Shrinking(plan, breach, options).work();
}

class Shrinking {
  private readonly _rule: string;
  private readonly _options: RunOptions;
  private _best: { plan: RunPlan; outcome: Outcome };
  private _runs = 0;

  constructor(plan: RunPlan, breach: Breach, options: RunOptions) {
    this._rule = breach.rule;
    this._options = options;
    this._best = { plan, outcome: this.#run(plan) };
  }

  work(): Shrunk {
    for (let smaller = true; smaller && this._runs < RUNS_MAX; ) {
      smaller = this.#structure();
      smaller = this.#numbers() || smaller;
    }
    return { ...this._best, runs: this._runs };
  }

  /** Leaves out what can be left out: injected faults, delays, users, steps, faults, options. */
  #structure(): boolean {
    let smaller = false;
    for (const key of ["inject", "delays"] as const) {
      for (let index = this._best.plan[key].length - 1; index >= 0; index--) {
        const left = this._best.plan[key].filter((_item, i) => i !== index);
        smaller = this.#try({ ...this._best.plan, [key]: left }) || smaller;
      }
    }
    const paths = deletable(treeOf(this._best.plan.scenario));
    for (const path of paths) smaller = this.#edit(path, undefined) || smaller;
    return smaller;
  }

  #numbers(): boolean {
    let smaller = false;
    for (const { path, unit, value, least } of quantities(treeOf(this._best.plan.scenario))) {
      smaller = this.#lower(value, least, (less) => this.#edit(path, `${less}${unit}`)) || smaller;
    }
    const { seed } = this._best.plan;
    smaller =
      this.#lower(seed, 0, (less) => this.#try({ ...this._best.plan, seed: less })) || smaller;
    for (const index of this._best.plan.inject.keys()) {
      smaller = this.#lowerIn("inject", index, "at", 0) || smaller;
    }
    for (const index of this._best.plan.delays.keys()) {
      smaller = this.#lowerIn("delays", index, "count", 1) || smaller;
      smaller = this.#lowerIn("delays", index, "from", 0) || smaller;
    }
    return smaller;
  }

  #lowerIn(key: "inject" | "delays", index: number, field: string, least: number): boolean {
    const items: readonly object[] = this._best.plan[key];
    const value: unknown = Object.entries(items[index] ?? {}).find(([name]) => name === field)?.[1];
    if (typeof value !== "number") return false;
    return this.#lower(value, least, (less) => {
      const changed = items.map((item, i) => (i === index ? { ...item, [field]: less } : item));
      return this.#try({ ...this._best.plan, [key]: changed });
    });
  }

  /** Goes down the values that fast-check would try, from the smallest on. */
  #lower(value: number, least: number, accept: (less: number) => boolean): boolean {
    let now = value;
    for (let found = true; found && now > least && this._runs < RUNS_MAX; ) {
      found = false;
      const proposals = fc.integer({ min: least, max: now }).shrink(now, undefined);
      for (const { value: less } of proposals.take(SMALLER_MAX)) {
        if (!accept(less)) continue;
        now = less;
        found = true;
        break;
      }
    }
    return now < value;
  }

  /** Tries the scenario with another value at a path, and the faults where they might fire then. */
  #edit(path: readonly string[], value: Tree | undefined): boolean {
    const { plan, outcome } = this._best;
    const tree = treeOf(plan.scenario);
    if (at(tree, path) === undefined) return false;
    const scenario = textOf(withAt(tree, path, value));
    const edited = { ...plan, scenario };
    const tried = this.#attempt(edited);
    if (tried === undefined) return false;
    if (this.#accepts(edited, tried)) return true;
    if (plan.inject.length === 0) return false;
    return places(plan.inject, outcome.events, tried.events).some((inject) => {
      return this.#try({ ...edited, inject });
    });
  }

  #try(plan: RunPlan): boolean {
    const outcome = this.#attempt(plan);
    return outcome !== undefined && this.#accepts(plan, outcome);
  }

  #accepts(plan: RunPlan, outcome: Outcome): boolean {
    if (!outcome.breaches.some(({ rule }) => rule === this._rule)) return false;
    this._best = { plan, outcome };
    return true;
  }

  /** Undefined when there are no more runs to spend, or the plan is none: a cut too many. */
  #attempt(plan: RunPlan): Outcome | undefined {
    if (this._runs >= RUNS_MAX) return undefined;
    try {
      return this.#run(plan);
    } catch (error) {
      if (error instanceof ScenarioError) return undefined;
      throw error;
    }
  }

  #run(plan: RunPlan): Outcome {
    this._runs++;
    return runPlan(plan, this._options);
  }
}
