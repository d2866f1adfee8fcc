import { assert } from "../assert.ts";
import { MILLISECOND_US, type Scheduler, type Task } from "./scheduler.ts";

/**
 * Asked where more than one course of events is possible: `limit` ways, numbered from 0.
 * The answer 0 is always the ordinary course.
 */
export type Choose = (limit: number, label: string) => number;

class Entry implements Task {
  readonly us: number;
  readonly seq: number;
  readonly label: string;
  run: (() => void) | undefined;

  constructor(us: number, seq: number, label: string, run: () => void) {
    this.us = us;
    this.seq = seq;
    this.label = label;
    this.run = run;
  }

  cancel(): void {
    this.run = undefined;
  }
}

/** What sort of processor a lane is. */
export interface LaneManner {
  /** Its due work may be held back while another lane's task goes on: a processor that is slow. */
  readonly mayLag?: boolean;
  /**
   * Its timers come on ticks, as an operating system's do: what is asked for in `FINE_TICK_US` or more
   * comes at the next full one, what is asked for in `TICK_US` or more at the next full one of those.
   */
  readonly ticks?: boolean;
}

/** How far apart the ticks of a long timer are, in µs. */
export const TICK_US = 10 * MILLISECOND_US;
/** How far apart the ticks of a short timer are, in µs. */
const FINE_TICK_US = MILLISECOND_US;

/**
 * One processor's queue of work in virtual time. Several lanes share one clock: while the task of
 * one lane moves the clock on (see `VirtualTime.elapse`), the other lanes' due work runs beside it.
 */
export class Lane implements Scheduler {
  readonly name: string;
  private readonly _time: VirtualTime;
  /** A binary heap by (us, seq). */
  private readonly _heap: Entry[] = [];
  private _halted = false;
  readonly mayLag: boolean;
  private readonly _ticks: boolean;
  /** No work is due before; Infinity when the queue is empty. Cancelled work may make it early. */
  dueUs = Number.POSITIVE_INFINITY;

  constructor(time: VirtualTime, name: string, { mayLag = false, ticks = false }: LaneManner) {
    this._time = time;
    this.name = name;
    this.mayLag = mayLag;
    this._ticks = ticks;
  }

  now(): number {
    return this._time.nowUs;
  }

  at(us: number, label: string, run: () => void): Task {
    return this.#put(us, this._time.nextSeq(), label, run);
  }

  /** The same before all work of that time that is not put there so, whenever either is. */
  atFirst(us: number, label: string, run: () => void): Task {
    return this.#put(us, this._time.nextEarlySeq(), label, run);
  }

  /** The processor stops for good: nothing runs that is on the lane, or comes on it. */
  halt(): void {
    this._halted = true;
    this._heap.length = 0;
    this.dueUs = Number.POSITIVE_INFINITY;
  }

  /** The time of the lane's next work; Infinity when it has none. */
  nextUs(): number {
    return this.head()?.us ?? Number.POSITIVE_INFINITY;
  }

  /** The lane's next work, cancelled entries dropped. */
  head(): Entry | undefined {
    for (let top = this._heap[0]; top !== undefined; top = this._heap[0]) {
      if (top.run !== undefined) return top;
      this.#pop();
    }
    return undefined;
  }

  /** Takes the lane's next work off the queue and runs it. */
  runHead(): void {
    const entry = this.head();
    assert(entry !== undefined, "the lane has work");
    this.#pop();
    const run = entry.run;
    entry.run = undefined;
    run?.();
  }

  #put(us: number, seq: number, label: string, run: () => void): Task {
    assert(us === Math.floor(us), "times are whole microseconds");
    const { nowUs } = this._time;
    const dueUs = this._ticks ? onTick(us, us - nowUs) : us;
    const entry = new Entry(Math.max(dueUs, nowUs), seq, label, run);
    if (!this._halted) this.#push(entry);
    return entry;
  }

  #push(entry: Entry): void {
    const heap = this._heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, entry)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
    if (entry.us < this.dueUs) this.dueUs = entry.us;
  }

  #pop(): void {
    const heap = this._heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      this.dueUs = Number.POSITIVE_INFINITY;
      return;
    }
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let child = heap[down];
      if (child === undefined) break;
      const right = heap[down + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        down++;
      }
      if (before(last, child)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
    this.dueUs = heap[0]?.us ?? Number.POSITIVE_INFINITY;
  }
}

/** When a timer comes that was asked for at `us`, which is `aheadUs` from now. */
function onTick(us: number, aheadUs: number): number {
  if (aheadUs < FINE_TICK_US) return us;
  const tickUs = aheadUs < TICK_US ? FINE_TICK_US : TICK_US;
  return Math.ceil(us / tickUs) * tickUs;
}

const NONE_HELD: readonly Lane[] = [];

function before(a: Entry, b: Entry): boolean {
  return a.us < b.us || (a.us === b.us && a.seq < b.seq);
}

/**
 * Virtual time: a clock that jumps to the next work. It is a pure function of the work put on its
 * lanes and of the answers of `choose`, which is asked at ties between lanes, and in `elapse` whether
 * the due work of a lane that may lag waits for the next time that the clock moves on.
 */
export class VirtualTime {
  nowUs = 0;
  /** The number of tasks that were begun so far. */
  begun = 0;
  private _seq = 0;
  private _earlySeq = Number.MIN_SAFE_INTEGER;
  private readonly _lanes: Lane[] = [];
  private readonly _choose: Choose | undefined;
  private _running: Lane | undefined;

  constructor(choose?: Choose) {
    this._choose = choose;
  }

  lane(name: string, manner: LaneManner = {}): Lane {
    const lane = new Lane(this, name, manner);
    this._lanes.push(lane);
    return lane;
  }

  nextSeq(): number {
    return this._seq++;
  }

  nextEarlySeq(): number {
    return this._earlySeq++;
  }

  /** Whose task runs now: the innermost one. */
  get running(): Lane | undefined {
    return this._running;
  }

  /** The time of the next work of any lane; Infinity when there is none. */
  nextUs(): number {
    let us = Number.POSITIVE_INFINITY;
    for (const lane of this._lanes) us = Math.min(us, lane.nextUs());
    return us;
  }

  /** Runs the next work if it is due by `limitUs`; false when there is none. */
  runNext(limitUs: number): boolean {
    // A task that was thrown out of its run cannot have said that it is over.
    this._running = undefined;
    const lane = this.#nextLane(undefined, limitUs);
    if (lane === undefined) return false;
    this.#runOn(lane);
    return true;
  }

  /** Runs all work due by `limitUs`, then moves the clock there. */
  runUntil(limitUs: number): void {
    while (this.runNext(limitUs));
    this.nowUs = Math.max(this.nowUs, limitUs);
  }

  /**
   * Moves the clock on by `us` in the middle of the running task, as the processor that runs it
   * would see it: the work of the *other* lanes that falls due runs now, the own lane's waits.
   */
  elapse(us: number): void {
    const own = this._running;
    const untilUs = this.nowUs + us;
    if (this.#nothingDue(own, untilUs)) {
      this.nowUs = untilUs;
      return;
    }
    const held: Lane[] = [];
    for (;;) {
      const lane = this.#nextLane(own, untilUs, held);
      if (lane === undefined) break;
      if (lane.mayLag && this._choose?.(2, "lag") === 1) held.push(lane);
      else this.#runOn(lane);
    }
    this.nowUs = Math.max(this.nowUs, untilUs);
    this._running = own;
  }

  /** The quick look that nearly every register access gets. */
  #nothingDue(except: Lane | undefined, untilUs: number): boolean {
    for (const lane of this._lanes) if (lane !== except && lane.dueUs <= untilUs) return false;
    return true;
  }

  #runOn(lane: Lane): void {
    const outer = this._running;
    this.nowUs = Math.max(this.nowUs, lane.nextUs());
    this._running = lane;
    this.begun++;
    lane.runHead();
    this._running = outer;
  }

  /** The lane whose work comes first by (us, seq), by `limitUs`; ties in time are a choice. */
  #nextLane(
    except: Lane | undefined,
    limitUs: number,
    held: readonly Lane[] = NONE_HELD,
  ): Lane | undefined {
    let best: Entry | undefined;
    let bestLane: Lane | undefined;
    let ties = 0;
    for (const lane of this._lanes) {
      if (lane === except || held.includes(lane)) continue;
      const head = lane.head();
      if (head === undefined || head.us > limitUs) continue;
      if (best !== undefined && head.us === best.us) ties++;
      else if (best === undefined || head.us < best.us) ties = 0;
      if (best === undefined || before(head, best)) {
        best = head;
        bestLane = lane;
      }
    }
    if (ties === 0 || this._choose === undefined || best === undefined) return bestLane;
    const tied = this._lanes
      .filter((lane) => lane !== except && !held.includes(lane) && lane.head()?.us === best.us)
      .sort((a, b) => (a.head()?.seq ?? 0) - (b.head()?.seq ?? 0));
    return tied[this._choose(tied.length, "tie")] ?? bestLane;
  }
}
