import { type Columns, firstFrom, LANES } from "./columns.ts";

/** A lane's events that are drawn one by one. */
export interface Mark {
  /** The place in the trace. */
  readonly at: number;
  readonly t: number;
}

/**
 * A trace's events lane by lane, for drawing: how much is there at each pixel is found by halving, so
 * that a frame costs as much for ten million events as for a thousand.
 */
export class LaneDetail {
  readonly #times: readonly Float64Array[];
  readonly #places: readonly Uint32Array[];

  constructor({ lanes, times, length }: Columns) {
    const counts = LANES.map(() => 0);
    for (let at = 0; at < length; at++) counts[lanes[at] ?? 0] = (counts[lanes[at] ?? 0] ?? 0) + 1;
    this.#times = counts.map((count) => new Float64Array(count));
    this.#places = counts.map((count) => new Uint32Array(count));
    const filled = LANES.map(() => 0);
    for (let at = 0; at < length; at++) {
      const lane = lanes[at] ?? 0;
      const to = filled[lane] ?? 0;
      filled[lane] = to + 1;
      const [laneTimes, lanePlaces] = [this.#times[lane], this.#places[lane]];
      if (laneTimes !== undefined) laneTimes[to] = times[at] ?? 0;
      if (lanePlaces !== undefined) lanePlaces[to] = at;
    }
  }

  /** How many events of the lane there are from `from` on and before `to`, in µs. */
  count(lane: number, from: number, to: number): number {
    const times = this.#times[lane];
    return times === undefined ? 0 : firstFrom(times, to) - firstFrom(times, from);
  }

  /** The same for each of `into.length` parts of that stretch, of like width. */
  density(lane: number, [from, to]: readonly [number, number], into: Uint32Array): void {
    const times = this.#times[lane];
    if (times === undefined) return;
    const width = (to - from) / into.length;
    let before = firstFrom(times, from);
    for (let part = 0; part < into.length; part++) {
      const until = part === into.length - 1 ? to : from + (part + 1) * width;
      const next = firstFrom(times, until);
      into[part] = next - before;
      before = next;
    }
  }

  /** The events of the lane from `from` to `to` with both, at most `most` of them, from the first on. */
  marks(lane: number, [from, to]: readonly [number, number], most: number): readonly Mark[] {
    const [times, places] = [this.#times[lane], this.#places[lane]];
    if (times === undefined || places === undefined) return [];
    const marks: Mark[] = [];
    for (let at = firstFrom(times, from); at < times.length && marks.length < most; at++) {
      const t = times[at] ?? 0;
      if (t > to) break;
      marks.push({ at: places[at] ?? 0, t });
    }
    return marks;
  }

  /** The lane's event that is nearest to that time; undefined of an empty lane. */
  nearest(lane: number, t: number): Mark | undefined {
    const [times, places] = [this.#times[lane], this.#places[lane]];
    if (times === undefined || places === undefined || times.length === 0) return undefined;
    const next = firstFrom(times, t);
    const before = next - 1;
    const [a = Number.NEGATIVE_INFINITY, b = Number.POSITIVE_INFINITY] = [
      times[before],
      times[next],
    ];
    const at = t - a <= b - t ? before : next;
    return { at: places[at] ?? 0, t: times[at] ?? 0 };
  }
}
