import type { CoveredStops } from "../covered.ts";
import { plainPlan, type RunPlan } from "../plan.ts";
import type { Share } from "../share.ts";
import { has, WHOLE } from "../share.ts";
import type { Strategy } from "../strategy.ts";
import { DEED_NAMES, type Deed } from "./deeds.ts";

/** What is searched on a driver, and how far its undisturbed run goes. */
interface Driven {
  readonly seed: number;
  readonly stops: number;
  readonly deeds?: readonly Deed[] | undefined;
  readonly share?: Share | undefined;
}

/** Each deed at each stop of a driver's: after each of its register accesses, and of its daemon's reads. */
export class AtEveryAccess implements Strategy {
  readonly total: number;
  private readonly _plans: readonly RunPlan[];
  private readonly _stops: number;
  private readonly _deeds: number;
  private _given = 0;
  private _settled = 0;

  constructor(scenario: string, { seed, stops, deeds = DEED_NAMES, share = WHOLE }: Driven) {
    const plain = plainPlan(scenario, seed);
    this._plans = Array.from({ length: stops }, (_, at) => at)
      .flatMap((at) => deeds.map((deed) => ({ ...plain, stop: { at, deed } })))
      .filter((_plan, place) => has(share, place));
    this._stops = stops;
    this._deeds = deeds.length;
    this.total = this._plans.length;
  }

  next(): RunPlan | undefined {
    return this._plans[this._given++];
  }

  settle(): void {
    this._settled++;
  }

  coverage(): CoveredStops {
    return { by: "stops", runs: this._settled, stops: this._stops, deeds: this._deeds };
  }
}
