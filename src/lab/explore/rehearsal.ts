import { Course } from "../../match/course.ts";
import type { Director } from "../../match/faults/director.ts";
import { laidOut } from "../../match/play.ts";
import { Referee } from "../../referee/index.ts";
import { model } from "../../seats/model/party.ts";
import { StackInLab } from "../../seats/stack/in-lab.ts";
import { stack } from "../../seats/stack/party.ts";
import { Checkpoint } from "../../state/checkpoint.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { Measures } from "./measures.ts";
import type { Injection, RunPlan } from "./plan.ts";
import {
  EVENTS_MAX,
  faultOf,
  firstBook,
  type Outcome,
  outcomeOf,
  type Played,
  parsed,
  type RunOptions,
} from "./run.ts";
import { Schedule } from "./schedule.ts";

/** How many checkpoints are kept of a match, about. */
const RUNGS = 64;
/** Nearer to each other than so many events, they cost more than they save. */
const RUNG_EVENTS_MIN = 32;

/** What the runs that one match is laid out for have in common. */
export type Rehearsed = Pick<RunPlan, "scenario" | "seed" | "judge">;

/** Where the match stood before one of its pieces of work. */
interface Rung {
  readonly step: number;
  readonly checkpoint: Checkpoint;
}

/**
 * One match of a scenario, laid out once, in which many runs are had: each begins at the last
 * checkpoint before it differs from the run without a fault, and not at the start. Its trace is that of
 * the run from the start, byte for byte.
 */
export class Rehearsal {
  private readonly _host: StackInLab;
  private readonly _director: Director;
  private readonly _tracer: Tracer;
  private readonly _schedule: Schedule;
  private readonly _played: Played;
  private readonly _roots: readonly object[];
  private readonly _unchanging: ReadonlySet<object>;
  /** Before each piece of work of the run without a fault: the events so far, and the choices. */
  private readonly _events: number[] = [];
  private readonly _choices: number[] = [];
  /** In the order of the match; the first one is its start. */
  private readonly _rungs: Rung[] = [];
  private readonly _rungEvents: number;
  private _step = 0;

  constructor(of: Rehearsed, options: RunOptions = {}) {
    const { sinks, makeStack, eventsMax = EVENTS_MAX } = options;
    const { seed } = of;
    const scenario = parsed(of.scenario);
    const book = firstBook(of.judge);
    const course = new Course(seed, scenario);
    const schedule = new Schedule([], course.choose);
    const measures = new Measures(eventsMax);
    const referees: Referee[] = [];
    const { head, arena, entered, ending } = laidOut(
      scenario,
      { host: stack, bmc: model },
      {
        seed,
        referee: false,
        choose: schedule.choose,
        clock: "virtual",
        enter: (entry) => new StackInLab(entry),
        sinks: (head) => {
          referees.push(new Referee(head, book));
          return [...referees, measures, ...(sinks?.(head) ?? [])];
        },
        ...(makeStack === undefined ? {} : { makeStack }),
      },
    );
    this._host = entered;
    this._director = arena.director;
    this._tracer = arena.tracer;
    this._schedule = schedule;
    this._played = { scenario, referees, measures, schedule };
    this._roots = [entered, arena, ending, course, this._played];
    this._unchanging = new Set<object>([scenario, head, options, ...book]);
    arena.powerOn();
    this._rungs.push(this.#rung());
    try {
      while (this.#next());
    } catch {
      // Whatever is thrown here is thrown in each run that comes so far, and is told there.
    }
    this._rungEvents = Math.max(RUNG_EVENTS_MIN, Math.floor(this._tracer.count / RUNGS));
  }

  /** What becomes of a run, by its first book; undefined when it differs before the first checkpoint. */
  run(plan: RunPlan): Outcome | undefined {
    const step = this.#lastStepBefore(plan);
    if (step === undefined) return undefined;
    this.#goTo(step);
    this._schedule.plan(plan.delays);
    for (const [index, injection] of plan.inject.entries()) {
      this._director.add(faultOf(injection, index));
    }
    try {
      while (this._host.step());
    } catch (error) {
      return outcomeOf(this._played, plan.judge, error);
    }
    return outcomeOf(this._played, plan.judge);
  }

  /** The piece of work in which the run departs from the one without a fault. */
  #lastStepBefore({ inject, delays }: Pick<RunPlan, "inject" | "delays">): number | undefined {
    const event = Math.min(...inject.map(({ at }: Injection) => at));
    const choice = delays[0]?.from ?? Number.POSITIVE_INFINITY;
    const step = Math.min(lastUpTo(this._events, event), lastUpTo(this._choices, choice));
    return step < 0 ? undefined : step;
  }

  /** The match as it was before that piece of work of the run without a fault. */
  #goTo(step: number): void {
    let at = this._rungs.length - 1;
    while ((this._rungs[at]?.step ?? 0) > step) at--;
    const rung = this._rungs[at] as Rung;
    rung.checkpoint.restore();
    this._step = rung.step;
    let eventsThere = this._events[rung.step] ?? 0;
    while (this._step < step) {
      this.#next();
      const events = this._events[this._step] ?? 0;
      if (events - eventsThere < this._rungEvents) continue;
      // The rungs up to here are those that were stepped on: there is none between.
      this._rungs.splice(++at, 0, this.#rung());
      eventsThere = events;
    }
  }

  #rung(): Rung {
    return { step: this._step, checkpoint: new Checkpoint(this._roots, this._unchanging) };
  }

  /** Does a piece of work of the run without a fault. */
  #next(): boolean {
    this._events[this._step] = this._tracer.count;
    this._choices[this._step] = this._schedule.asked;
    const more = this._host.step();
    if (more) this._step++;
    return more;
  }
}

/** The last place at which a list that never falls has a number up to that one; -1: none. */
function lastUpTo(rising: readonly number[], number: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
