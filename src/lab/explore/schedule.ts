import type { Choose } from "../../time/virtual.ts";
import type { Delay } from "./plan.ts";

/** Answers a match's choices by a plan, and counts them. */
export class Schedule {
  /** How many choice points the run came to. */
  asked = 0;
  readonly #delays: readonly Delay[];
  readonly #course: Choose;
  #next = 0;

  /** `course`: whose turn it is where the plan has no delay; the ordinary one when left out. */
  constructor(delays: readonly Delay[], course: Choose = ordinary) {
    this.#delays = delays;
    this.#course = course;
  }

  readonly choose: Choose = (limit, label) => {
    const point = this.asked++;
    // The course is asked at each point, so that a delay does not shift what it draws.
    const turn = this.#course(limit, label);
    for (let delay = this.#delays[this.#next]; delay !== undefined; ) {
      if (point < delay.from) return turn;
      if (point < delay.from + delay.count) return 1;
      this.#next++;
      delay = this.#delays[this.#next];
    }
    return turn;
  };
}

function ordinary(): number {
  return 0;
}
