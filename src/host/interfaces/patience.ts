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
  readonly #timing: PatienceTiming;
  #endUs = Number.POSITIVE_INFINITY;
  #pauseUs = 0;
  #silencesLeft = 0;

  constructor(timing: PatienceTiming) {
    this.#timing = timing;
  }

  /** A transaction begins. */
  renew(): void {
    this.#endUs = Number.POSITIVE_INFINITY;
    this.#pauseUs = 0;
    this.#silencesLeft = this.#timing.silencesMax;
  }

  /** Something went wrong: the pause before the next try; undefined when there is none. */
  pauseUs(nowUs: number): number | undefined {
    const { patienceUs, pauseMinUs, pauseMaxUs } = this.#timing;
    this.#endUs = Math.min(this.#endUs, nowUs + patienceUs);
    const us = this.#pauseUs;
    if (nowUs + us >= this.#endUs) return undefined;
    this.#pauseUs = Math.min(Math.max(2 * us, pauseMinUs), pauseMaxUs);
    return us;
  }

  /**
   * Nothing was answered, in all the time for it: whether the request is sent again. What disorder
   * comes behind that is another one.
   */
  outlasts(): boolean {
    this.#endUs = Number.POSITIVE_INFINITY;
    this.#pauseUs = 0;
    this.#silencesLeft--;
    return this.#silencesLeft >= 0;
  }
}
