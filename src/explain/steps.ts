import type { Told } from "./event-text.ts";

/** One event of a ladder. */
export interface Rung extends Told {
  readonly n: number;
  /** µs, as the trace has it. */
  readonly t: number;
  /** Something of it is secret, and zeros stand for it. */
  readonly masked: boolean;
  /** Both faces of the wire show it alike: the other one's event was the one before. */
  readonly both?: boolean;
}

/** Rungs in a row, and how often they came one round after the other: a poll is one step. */
export interface Step {
  readonly rungs: readonly Rung[];
  readonly times: number;
  /** It is not to be told together with others, whatever repeats. */
  readonly apart: boolean;
  /** The last event of the last round. */
  readonly lastN: number;
  readonly lastUs: number;
}

/** Longer rounds than this are not looked for. */
const ROUND_MAX = 6;
/** What comes twice may be two bytes that are alike; what comes as often is one thing, said again. */
const ROUNDS_MIN = 3;
/** More steps are not kept: those in the middle are left out. */
const STEPS_MAX = 600;
const STEPS_AT_START = 100;

/** Steps as they come, those that only repeat each other told once. */
export class Steps {
  readonly #steps: Step[] = [];
  #leftOut = 0;

  get length(): number {
    return this.#steps.length;
  }

  /** All by now; `leftOut` events are missing after the first `STEPS_AT_START`. */
  get all(): readonly Step[] {
    return this.#steps;
  }

  /** How many events in the middle were left out, by now. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** `apart`: it stays a step of its own, whatever came before it. */
  add(rung: Rung, apart = false): void {
    if (!apart && this.#joins(rung)) {
      this.#steps.pop();
      return this.#add({ ...rung, both: true }, false);
    }
    this.#add(rung, apart);
  }

  /** Only so many of the last are kept; the others are told of by nobody. */
  keepLast(count: number): void {
    this.#steps.splice(0, Math.max(0, this.#steps.length - count));
    this.#leftOut = 0;
  }

  /** It is what the other face has shown just before. */
  #joins({ lane, way, text, n }: Rung): boolean {
    const [last] = this.#singles(0, 1) ?? [];
    if (last === undefined || last.way === undefined || way === undefined) return false;
    return last.lane !== lane && last.text === text && last.n === n - 1 && last.both !== true;
  }

  #add(rung: Rung, apart: boolean): void {
    this.#steps.push({ rungs: [rung], times: 1, apart, lastN: rung.n, lastUs: rung.t });
    if (!apart) this.#fold();
    if (this.#steps.length > STEPS_MAX) this.#leaveOut();
  }

  #fold(): void {
    for (let size = 1; size <= ROUND_MAX; size++) {
      const round = this.#singles(0, size);
      if (round === undefined) return;
      if (this.#foldInto(round)) return;
    }
  }

  /** Whether that last round is one more of those before it. */
  #foldInto(round: readonly Rung[]): boolean {
    const size = round.length;
    const before = this.#steps.at(-1 - size);
    if (before !== undefined && before.times > 1 && sameRound(before.rungs, round)) {
      this.#replace(size + 1, before.rungs, round, before.times + 1);
      return true;
    }
    for (let back = 1; back < ROUNDS_MIN; back++) {
      const other = this.#singles(back * size, size);
      if (other === undefined || !sameRound(other, round)) return false;
    }
    const first = this.#singles((ROUNDS_MIN - 1) * size, size) ?? round;
    this.#replace(ROUNDS_MIN * size, first, round, ROUNDS_MIN);
    return true;
  }

  /** In place of the last steps, one. */
  #replace(count: number, rungs: readonly Rung[], round: readonly Rung[], times: number): void {
    const { n: lastN = 0, t: lastUs = 0 } = round.at(-1) ?? {};
    this.#steps.splice(-count, count, { rungs, times, apart: false, lastN, lastUs });
  }

  /** So many rungs in front of the last `skipped` steps; undefined when one of them is no rung alone. */
  #singles(skipped: number, size: number): readonly Rung[] | undefined {
    const to = this.#steps.length - skipped;
    if (to < size) return undefined;
    const steps = this.#steps.slice(to - size, to);
    if (steps.some(({ times, apart }) => times > 1 || apart)) return undefined;
    return steps.flatMap(({ rungs }) => rungs);
  }

  #leaveOut(): void {
    const [gone] = this.#steps.splice(STEPS_AT_START, 1);
    if (gone !== undefined) this.#leftOut += gone.rungs.length * gone.times;
  }
}

function sameRound(a: readonly Rung[], b: readonly Rung[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ lane, text, both }, i) => {
      const other = b[i];
      return (
        other !== undefined && lane === other.lane && text === other.text && both === other.both
      );
    })
  );
}
