import { MILLISECOND_US, SECOND_US } from "../../time/scheduler.ts";

/** How long, and how often, a transaction that went wrong is begun again. */
export interface PatienceTiming {
  /** From the first failure until no other try follows: so long a BMC may be in disorder. */
  readonly patienceUs: number;
  /** The pause before the second try of all; the first follows at once. */
  readonly pauseMinUs: number;
  /** Each pause is twice the last one, up to this: a half-alive BMC must not be stormed. */
  readonly pauseMaxUs: number;
  /** How often a request that was taken and not answered at all is sent again. */
  readonly silencesMax: number;
}

/** As long as a BMC may leave a byte or an answer out. @see IPMI 2.0 §9.15 */
export const PATIENCE: PatienceTiming = {
  patienceUs: 5 * SECOND_US,
  pauseMinUs: 10 * MILLISECOND_US,
  pauseMaxUs: 200 * MILLISECOND_US,
  silencesMax: 1,
};

/** What one transaction has left of it. */
export class Patience {
  private readonly _timing: PatienceTiming;
  private _endUs = Number.POSITIVE_INFINITY;
  private _pauseUs = 0;
  private _silencesLeft = 0;

  constructor(timing: PatienceTiming) {
    this._timing = timing;
  }

  /** A transaction begins. */
  renew(): void {
    this._endUs = Number.POSITIVE_INFINITY;
    this._pauseUs = 0;
    this._silencesLeft = this._timing.silencesMax;
  }

  /** Something went wrong: the pause before the next try; undefined when there is none. */
  pauseUs(nowUs: number): number | undefined {
    const { patienceUs, pauseMinUs, pauseMaxUs } = this._timing;
    this._endUs = Math.min(this._endUs, nowUs + patienceUs);
    const us = this._pauseUs;
    if (nowUs + us >= this._endUs) return undefined;
    this._pauseUs = Math.min(Math.max(2 * us, pauseMinUs), pauseMaxUs);
    return us;
  }

  /**
   * Nothing was answered, in all the time for it: whether the request is sent again. What disorder
   * comes behind that is another one.
   */
  outlasts(): boolean {
    this._endUs = Number.POSITIVE_INFINITY;
    this._pauseUs = 0;
    this._silencesLeft--;
    return this._silencesLeft >= 0;
  }
}
