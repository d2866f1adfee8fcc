import type { Byte } from "./face.ts";

/** A byte that the host wrote and the BMC read: their places among all that were written, and read. */
export interface Pair {
  readonly w: number;
  readonly r: number;
  /** Before it, or close by, one face shows what the other does not. */
  readonly doubtful: boolean;
}

/**
 * Ways to lay the bytes that one face shows beside the other's, the likeliest first: where the same
 * stretches lie equally far apart in time. Traffic that repeats itself fits in several ways.
 */
export function waysToPair(writes: readonly Byte[], reads: readonly Byte[]): Pair[][] {
  return seeds(writes, reads).map(([w, r]) => {
    const [first, other] = backwards(writes, reads, w, r);
    return forwards(writes, reads, first, other);
  });
}

interface Votes {
  weight: number;
  readonly seed: readonly [w: number, r: number];
}

function seeds(writes: readonly Byte[], reads: readonly Byte[]): (readonly [number, number])[] {
  const votes = new Map<number, Votes>();
  for (const length of WINDOWS) vote(votes, writes, reads, length);
  const best = [...votes.values()].sort((a, b) => b.weight - a.weight);
  return best.slice(0, WAYS_MAX).map(({ seed }) => seed);
}

/** Each stretch of that length says how far apart it lies; what is seldom says more. */
function vote(
  votes: Map<number, Votes>,
  writes: readonly Byte[],
  reads: readonly Byte[],
  length: number,
): void {
  const places = new Map<string, number[]>();
  for (let r = 0; r + length <= reads.length; r++) {
    const key = keyOf(reads, r, length);
    const known = places.get(key);
    if (known === undefined) places.set(key, [r]);
    else if (known.length <= PLACES_MAX) known.push(r);
  }
  for (let w = 0; w + length <= writes.length; w++) {
    const known = places.get(keyOf(writes, w, length)) ?? [];
    if (known.length > PLACES_MAX) continue;
    const weight = 1 / known.length;
    for (const r of known) {
      const apart = Math.round(((writes[w]?.t ?? 0) - (reads[r]?.t ?? 0)) / APART_US);
      const votesFor = votes.get(apart);
      if (votesFor === undefined) votes.set(apart, { weight, seed: [w, r] });
      else votesFor.weight += weight;
    }
  }
}

function keyOf(bytes: readonly Byte[], from: number, length: number): string {
  return bytes
    .slice(from, from + length)
    .map(({ token }) => token)
    .join();
}

/** How far back both show the same, however much either lacks in between. */
function backwards(
  writes: readonly Byte[],
  reads: readonly Byte[],
  w: number,
  r: number,
): readonly [number, number] {
  let at: readonly [number, number] = [w, r];
  while (at[0] > 0 && at[1] > 0) {
    const skip = skipOf(writes, reads, at[0] - 1, at[1] - 1, -1);
    if (skip === undefined) break;
    at = [at[0] - 1 - skip[0], at[1] - 1 - skip[1]];
  }
  return at;
}

function forwards(
  writes: readonly Byte[],
  reads: readonly Byte[],
  first: number,
  other: number,
): Pair[] {
  const pairs: { w: number; r: number; doubtful: boolean }[] = [];
  let w = first;
  let r = other;
  let sure = SAME;
  while (w < writes.length && r < reads.length) {
    const skip = skipOf(writes, reads, w, r, 1);
    if (skip === undefined) break;
    if (skip[0] + skip[1] > 0) {
      sure = 0;
      for (const pair of pairs.slice(-SAME)) pair.doubtful = true;
    }
    w += skip[0];
    r += skip[1];
    pairs.push({ w, r, doubtful: sure < SAME });
    sure++;
    w++;
    r++;
  }
  return pairs;
}

/** How many bytes of each are to be left out, so that both go on with the same from here. */
function skipOf(
  writes: readonly Byte[],
  reads: readonly Byte[],
  w: number,
  r: number,
  step: 1 | -1,
): readonly [number, number] | undefined {
  if (writes[w]?.token === reads[r]?.token) return [0, 0];
  for (let sum = 1; sum <= SKIP_MAX; sum++) {
    for (let one = sum; one >= 0; one--) {
      const other = sum - one;
      if (same(writes, reads, w + step * one, r + step * other, step)) return [one, other];
    }
  }
  return undefined;
}

function same(
  writes: readonly Byte[],
  reads: readonly Byte[],
  w: number,
  r: number,
  step: 1 | -1,
): boolean {
  for (let at = 0; at < SAME; at++) {
    const one = writes[w + step * at];
    if (one === undefined || one.token !== reads[r + step * at]?.token) return false;
  }
  return true;
}

/** So many bytes in a row are no chance. */
const SAME = 4;
/** The lengths of the stretches that are compared: several transactions, one, a few bytes of it. */
const WINDOWS = [64, 16, SAME];
/** What is in more places than these says nothing. */
const PLACES_MAX = 32;
/** So exactly are places told apart in time: clocks that drift share their votes out among several. */
const APART_US = 500;
const WAYS_MAX = 12;
/** So many bytes may one face lack of the other's. */
const SKIP_MAX = 128;
