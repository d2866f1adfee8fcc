/**
 * What a pair says of the clocks: at the BMC's time `t`, what has to be added to it is at least, or at
 * most, `us`.
 */
export interface Bound {
  readonly t: number;
  readonly us: number;
}

/** Bounds from below and from above. */
export interface Bounds {
  readonly least: readonly Bound[];
  readonly most: readonly Bound[];
}

/** How the host's time follows from the BMC's. */
export interface Clocks {
  /** The BMC's time at which the offset holds. */
  readonly atUs: number;
  /** What is added to the BMC's time then. */
  readonly offsetUs: number;
  /** How much more is added each second after, in µs. */
  readonly driftPpm: number;
  /** The drift is wrong by no more. */
  readonly driftErrorPpm: number;
  /** The host's time so reckoned is wrong by no more. */
  readonly errorUs: number;
}

/** The host's time of what the BMC dated so. */
export function hostTime({ atUs, offsetUs, driftPpm }: Clocks, t: number): number {
  return Math.round(t + offsetUs + ((t - atUs) * driftPpm) / 1e6);
}

/**
 * Of all lines that keep the bounds the one that is farthest from each, and how far any other lies
 * from it between these times. Undefined when none keeps them.
 */
export function clocksBy(bounds: Bounds, fromUs: number, toUs: number): Clocks | undefined {
  if (bounds.least.length === 0 || bounds.most.length === 0) return undefined;
  const fit = new Fit(bounds, (fromUs + toUs) / 2);
  const drift = peak(-DRIFT_MAX, DRIFT_MAX, (at) => fit.room(at));
  if (fit.room(drift) < 0) return undefined;
  const lowest = edge(-DRIFT_MAX, drift, (at) => fit.room(at) >= 0);
  const highest = edge(DRIFT_MAX, drift, (at) => fit.room(at) >= 0);
  const offset = (fit.lowest(drift) + fit.highest(drift)) / 2;
  const half = (toUs - fromUs) / 2;
  const off = [-half, half].flatMap((dt) => {
    const above = peak(lowest, highest, (at) => fit.highest(at) + at * dt);
    const below = peak(lowest, highest, (at) => -fit.lowest(at) - at * dt);
    const here = offset + drift * dt;
    return [fit.highest(above) + above * dt - here, here - fit.lowest(below) - below * dt];
  });
  return {
    atUs: fit.atUs,
    offsetUs: offset,
    driftPpm: drift * 1e6,
    driftErrorPpm: Math.max(highest - drift, drift - lowest) * 1e6,
    errorUs: Math.ceil(Math.max(...off)) + 1,
  };
}

/** Of bounds those that can be the tightest, for some drift. */
export function tightest(...of: readonly Bounds[]): Bounds {
  const least = of.flatMap((each) => each.least);
  const most = of.flatMap((each) => each.most);
  return { least: hull(least, 1), most: hull(most, -1) };
}

/** The corners of the hull over points, or below them. */
function hull(points: readonly Bound[], side: 1 | -1): Bound[] {
  const corners: Bound[] = [];
  for (const point of points.slice().sort((a, b) => a.t - b.t || side * (a.us - b.us))) {
    while (corners.length > 0 && isWithin(corners, point, side)) corners.pop();
    corners.push(point);
  }
  return corners;
}

/** The last corner is none, now that there is this point. */
function isWithin(corners: readonly Bound[], { t, us }: Bound, side: 1 | -1): boolean {
  const before = corners.at(-2);
  const last = corners.at(-1);
  if (last === undefined) return false;
  if (before === undefined) return last.t === t;
  const turn = (last.t - before.t) * (us - before.us) - (last.us - before.us) * (t - before.t);
  return side * turn >= 0;
}

/** For each drift, the offsets that keep the bounds. */
class Fit {
  readonly atUs: number;
  readonly #bounds: Bounds;

  constructor(bounds: Bounds, atUs: number) {
    this.#bounds = bounds;
    this.atUs = atUs;
  }

  lowest(drift: number): number {
    let most = Number.NEGATIVE_INFINITY;
    for (const { t, us } of this.#bounds.least) {
      most = Math.max(most, us - ROUNDED_US - drift * (t - this.atUs));
    }
    return most;
  }

  highest(drift: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { t, us } of this.#bounds.most) {
      least = Math.min(least, us + ROUNDED_US - drift * (t - this.atUs));
    }
    return least;
  }

  room(drift: number): number {
    return this.highest(drift) - this.lowest(drift);
  }
}

/** Where a function that rises and then falls is highest. */
function peak(from: number, to: number, of: (at: number) => number): number {
  let low = from;
  let high = to;
  for (let round = 0; round < ROUNDS; round++) {
    const one = low + (high - low) / 3;
    const two = high - (high - low) / 3;
    if (of(one) < of(two)) low = one;
    else high = two;
  }
  return (low + high) / 2;
}

/** The farthest from `inside`, towards `outside`, at which that still holds. */
function edge(outside: number, inside: number, holds: (at: number) => boolean): number {
  if (holds(outside)) return outside;
  let out = outside;
  let within = inside;
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (out + within) / 2;
    if (holds(middle)) within = middle;
    else out = middle;
  }
  return within;
}

/** A clock of a computer is not worse. */
const DRIFT_MAX = 1e-3;
/** Both times are whole microseconds. */
const ROUNDED_US = 1;
const ROUNDS = 60;
