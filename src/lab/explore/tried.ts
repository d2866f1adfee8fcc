import { faultText } from "../../scenario/vocabulary/fault.ts";
import type { Injection, RunPlan } from "./plan.ts";
import { faultOf } from "./run.ts";

/** Faults by where they were tried, and how many of those runs are broken. */
export interface Tried {
  /** So many events are one cell: 1, 2, 4 ... */
  readonly width: number;
  readonly faults: readonly string[];
  /** The cell's first event divided by `width`; the fault by its place in the list; runs; broken ones. */
  readonly cells: readonly Cell[];
}
type Cell = readonly [at: number, fault: number, runs: number, broken: number];

/** More cells than these are none that a reader tells apart: events are put together then. */
const CELLS_MAX = 2_000;

interface Counts {
  readonly at: number;
  readonly fault: string;
  runs: number;
  broken: number;
}

/** Counts as runs are settled. It comes to the same in whatever parts they are had. */
export class TriedFaults {
  private readonly _names = new Map<string, string>();
  private _width = 1;
  private _cells = new Map<string, Counts>();

  add({ inject }: RunPlan, isBroken: boolean): void {
    for (const injection of inject) {
      const fault = this.nameOf(injection);
      this.#count({ at: injection.at, fault, runs: 1, broken: isBroken ? 1 : 0 });
    }
    this.#narrow();
  }

  /** Another part of the same search. */
  takes({ width, faults, cells }: Tried): void {
    while (this._width < width) this.#widen();
    for (const [at, fault, runs, broken] of cells) {
      this.#count({ at: at * width, fault: faults[fault] ?? "", runs, broken });
    }
    this.#narrow();
  }

  /** The fault in words, without the time at which this one ended. */
  nameOf({ fault: { until, ...fault } }: Injection): string {
    const key = JSON.stringify(fault);
    const known = this._names.get(key);
    if (known !== undefined) return known;
    const name = faultText(faultOf({ at: 0, fault }, 0));
    this._names.set(key, name);
    return name;
  }

  result(): Tried {
    const all = [...this._cells.values()];
    const faults = [...new Set(all.map(({ fault }) => fault))].sort();
    const cells = all
      .map(({ at, fault, runs, broken }): Cell => [at, faults.indexOf(fault), runs, broken])
      .sort(([a, one], [b, other]) => one - other || a - b);
    return { width: this._width, faults, cells };
  }

  /** `at`: the event. */
  #count({ at, fault, runs, broken }: Counts): void {
    const place = Math.floor(at / this._width);
    const key = `${place} ${fault}`;
    const counts = this._cells.get(key);
    if (counts === undefined) {
      this._cells.set(key, { at: place, fault, runs, broken });
      return;
    }
    counts.runs += runs;
    counts.broken += broken;
  }

  /** As far as that goes: more faults than that at one place stay as many. */
  #narrow(): void {
    while (this._cells.size > CELLS_MAX && this.#hasWidth()) this.#widen();
  }

  #hasWidth(): boolean {
    return [...this._cells.values()].some(({ at }) => at > 0);
  }

  #widen(): void {
    const [before, width] = [this._cells, this._width];
    this._width = width * 2;
    this._cells = new Map();
    for (const { at, ...counts } of before.values()) this.#count({ at: at * width, ...counts });
  }
}
