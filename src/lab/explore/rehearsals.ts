import type { Judge, RunPlan } from "./plan.ts";
import { Rehearsal } from "./rehearsal.ts";
import { isFinal, type Outcome, type RunOptions, runPlan } from "./run.ts";

/** Has one run after the other, in one and the same match as long as they are of one scenario. */
export class Rehearsals {
  private readonly _options: RunOptions;
  /** What the runs of one rehearsal have in common. */
  private _scenario: string | undefined;
  private _seed = 0;
  private _judge: Judge = "host";
  /** Made for the second run: laying out a match for one alone is not worth while. */
  private _rehearsal: Rehearsal | undefined;

  constructor(options: RunOptions = {}) {
    this._options = options;
  }

  run(plan: RunPlan): Outcome {
    const { sinks, watch } = this._options;
    // Who listens hears each run from its start.
    if (sinks !== undefined || watch !== undefined) return runPlan(plan, this._options);
    const outcome = this.#rehearsalOf(plan)?.run(plan);
    if (outcome !== undefined && isFinal(outcome, plan.judge)) return outcome;
    return runPlan(plan, this._options);
  }

  #rehearsalOf({ scenario, seed, judge = "host" }: RunPlan): Rehearsal | undefined {
    if (scenario === this._scenario && seed === this._seed && judge === this._judge) {
      this._rehearsal ??= new Rehearsal({ scenario, seed, judge }, this._options);
      return this._rehearsal;
    }
    this._scenario = scenario;
    this._seed = seed;
    this._judge = judge;
    this._rehearsal = undefined;
    return undefined;
  }
}
