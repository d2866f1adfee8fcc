import type { Choose } from "../../time/virtual.ts";
import type { Delay } from "./plan.ts";

/** Answers a match's choices by a plan, and counts them. */
export class Schedule {
  /** How many choice points the run came to. */
  asked = 0;
  readonly #delays: readonly Delay[];
  #next = 0;

  constructor(delays: readonly Delay[]) {
    this.#delays = delays;
  }

  readonly choose: Choose = () => {
    const point = this.asked++;
    for (let delay = this.#delays[this.#next]; delay !== undefined; ) {
      if (point < delay.from) return 0;
      if (point < delay.from + delay.count) return 1;
      this.#next++;
      delay = this.#delays[this.#next];
    }
    return 0;
  };
}
