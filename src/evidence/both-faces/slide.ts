import { type Clocks, hostTime } from "./clocks.ts";
import type { Byte } from "./face.ts";
import type { Pair } from "./pairs.ts";
import type { Faces } from "./wire.ts";

/**
 * The pairs where the clocks have them. Which of several bytes that are alike one face lacks, only time
 * tells: the BMC takes a byte behind its handover, and before the host hands over the next.
 */
export function slid(faces: Faces, pairs: readonly Pair[], clocks: Clocks): readonly Pair[] {
  const now = pairs.map((pair) => ({ ...pair }));
  const places = { writes: faces.host.bytes, reads: faces.bmc.bytes, clocks };
  for (let at = 0; at < now.length; at++) {
    for (let by = 0; by < RUN_MAX && isLate(places, now[at]); by++) {
      if (!shift(places, now, at, "w")) break;
    }
    for (let by = 0; by < RUN_MAX && isEarly(places, now[at]); by++) {
      if (!shift(places, now, at, "r")) break;
    }
  }
  return now;
}

interface Places {
  readonly writes: readonly Byte[];
  readonly reads: readonly Byte[];
  readonly clocks: Clocks;
}

type Movable = { -readonly [K in keyof Pair]: Pair[K] };

/** Steps of one face, from the first to the last, of which one is what the other face lacks. */
export type Runs = ReadonlyMap<number, number>;

/**
 * Where one face lacks some of several bytes that are alike, and the clocks cannot tell which: of the host's
 * handovers, and of what the BMC took.
 */
export function runsOf(faces: Faces, pairs: readonly Pair[], clocks: Clocks) {
  const places = { writes: faces.host.bytes, reads: faces.bmc.bytes, clocks };
  const host = new Map<number, number>();
  const bmc = new Map<number, number>();
  for (const [n, pair] of pairs.entries()) {
    const next = pairs[n + 1];
    if (next === undefined) break;
    const writes = next.w - pair.w - 1;
    const reads = next.r - pair.r - 1;
    if (writes > 0 && reads === 0) {
      const first = firstOf(places, pairs, n, (each) => ({ ...each, w: each.w + writes }));
      host.set(stepOf(places.writes, first.w), stepOf(places.writes, next.w - 1));
    }
    if (reads > 0 && writes === 0) {
      const first = firstOf(places, pairs, n, (each) => ({ ...each, r: each.r + reads }));
      bmc.set(stepOf(places.reads, first.r), stepOf(places.reads, next.r - 1));
    }
  }
  return { host, bmc };
}

/** The first byte behind which pairs may as well be those that `moved` gives; that pair's places, and one on. */
function firstOf(
  places: Places,
  pairs: readonly Pair[],
  from: number,
  moved: (pair: Pair) => Pair,
): { readonly w: number; readonly r: number } {
  let at = from;
  for (; at >= Math.max(0, from - RUN_MAX); at--) {
    const pair = pairs[at];
    const other = pair === undefined ? undefined : moved(pair);
    const token = places.writes[other?.w ?? -1]?.token;
    const alike = token !== undefined && token === places.reads[other?.r ?? -1]?.token;
    if (!alike || isEarly(places, other) || isLate(places, other)) break;
  }
  const { w, r } = pairs[at] ?? { w: -1, r: -1 };
  return { w: w + 1, r: r + 1 };
}

function stepOf(bytes: readonly Byte[], at: number): number {
  return bytes[at]?.step ?? 0;
}

/** The BMC took it when the next had been handed over. */
function isLate({ writes, reads, clocks }: Places, pair: Pair | undefined): boolean {
  const write = writes[pair?.w ?? -1];
  const read = reads[pair?.r ?? -1];
  if (pair === undefined || write === undefined || read === undefined) return false;
  let next = pair.w + 1;
  while (writes[next]?.step === write.step) next++;
  const nextUs = writes[next]?.t ?? Number.POSITIVE_INFINITY;
  return hostTime(clocks, read.t) > nextUs + clocks.errorUs;
}

/** The BMC took it when it had not been written. */
function isEarly({ writes, reads, clocks }: Places, pair: Pair | undefined): boolean {
  const write = writes[pair?.w ?? -1];
  const read = reads[pair?.r ?? -1];
  if (write === undefined || read === undefined) return false;
  return hostTime(clocks, read.t) < write.t - clocks.errorUs;
}

/** Moves the pairs from there on by one of the host's bytes, or of the BMC's, up to one that has no pair. */
function shift(
  { writes, reads }: Places,
  pairs: Movable[],
  from: number,
  side: "w" | "r",
): boolean {
  for (let to = from; to < Math.min(pairs.length, from + RUN_MAX); to++) {
    const pair = pairs[to];
    if (pair === undefined) return false;
    const moved = { ...pair, [side]: pair[side] + 1 };
    const write = writes[moved.w];
    if (write === undefined || write.token !== reads[moved.r]?.token) return false;
    const next = pairs[to + 1];
    if (next !== undefined && next[side] === moved[side]) continue;
    for (const each of pairs.slice(from, to + 1)) each[side]++;
    return true;
  }
  return false;
}

/** In so long a run of bytes that are alike. */
const RUN_MAX = 256;
