import type { Choose } from "../../time/virtual.ts";
import type { Delay } from "./plan.ts";

/** Answers a match's choices by a plan, and counts them. */
export class Schedule {
  /** How many choice points the run came to. */
  asked = 0;
  private _delays: readonly Delay[];
  private readonly _course: Choose;
  private _next = 0;

  /** `course`: whose turn it is where the plan has no delay; the ordinary one when left out. */
  constructor(delays: readonly Delay[], course: Choose = ordinary) {
    this._delays = delays;
    this._course = course;
  }

  /** The plan for the choice points that are still to come. */
  plan(delays: readonly Delay[]): void {
    this._delays = delays;
    this._next = 0;
  }

  readonly choose: Choose = (limit, label) => {
    const point = this.asked++;
    // The course is asked at each point, so that a delay does not shift what it draws.
    const turn = this._course(limit, label);
    for (let delay = this._delays[this._next]; delay !== undefined; ) {
      if (point < delay.from) return turn;
      if (point < delay.from + delay.count) return 1;
      this._next++;
      delay = this._delays[this._next];
    }
    return turn;
  };
}

function ordinary(): number {
  return 0;
}
