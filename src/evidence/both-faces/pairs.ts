import type { BmcStep, Byte, HostStep, Piece } from "./face.ts";

/** A byte that the host wrote and the BMC read: their places among all that were written, and read. */
export interface Pair {
  readonly w: number;
  readonly r: number;
  /** Before it, or close by, one face shows what the other does not. */
  readonly doubtful: boolean;
}

/** A way to lay the bytes that one face shows beside the other's. */
export interface Way {
  readonly pairs: readonly Pair[];
  /** Both show more before, or behind, that does not fit. */
  readonly opensBroken: boolean;
  readonly endsBroken: boolean;
}

/** Where a way begins: a piece of each face, and the places in them. */
export interface Seed {
  readonly host: Piece<HostStep>;
  readonly bmc: Piece<BmcStep>;
  readonly w: number;
  readonly r: number;
}

/** How far apart the clocks may be, at what a seed begins with. */
export interface Apart {
  readonly leastUs: number;
  readonly mostUs: number;
}

/**
 * Where pieces of both faces may be laid together, the likeliest first: where the same stretches lie
 * equally far apart in time. Traffic that repeats itself fits in several places.
 */
export function seedsOf(
  hosts: readonly Piece<HostStep>[],
  bmcs: readonly Piece<BmcStep>[],
  apart: Apart = ANY,
): Seed[] {
  return APART_US.flatMap((exactUs) => {
    const votes = new Map<number, Votes>();
    for (const length of WINDOWS) vote(votes, { hosts, bmcs, apart, length, exactUs });
    const best = [...votes.values()].sort((a, b) => b.weight - a.weight);
    return best.slice(0, SEEDS_MAX).map(({ seed }) => seed);
  });
}

/** The way that a seed begins, as far as it goes. */
export function wayFrom({ host, bmc, w, r }: Seed): Way {
  const begin = backwards(host.bytes, bmc.bytes, w, r);
  const { pairs, broken } = forwards(host.bytes, bmc.bytes, begin.at);
  return { pairs, opensBroken: begin.broken, endsBroken: broken };
}

interface Votes {
  weight: number;
  seed: Seed;
}

interface Ballot {
  readonly hosts: readonly Piece<HostStep>[];
  readonly bmcs: readonly Piece<BmcStep>[];
  readonly apart: Apart;
  readonly length: number;
  /** So exactly are places told apart in time. */
  readonly exactUs: number;
}

/** Each stretch of that length says how far apart it lies; what is seldom says more. */
function vote(votes: Map<number, Votes>, { hosts, bmcs, apart, length, exactUs }: Ballot): void {
  const places = placesOf(bmcs, length);
  for (const host of hosts) {
    for (let w = 0; w + length <= host.bytes.length; w++) {
      const wrote = host.bytes[w]?.t ?? 0;
      const known = placesBetween(places.get(keyOf(host.bytes, w, length)), wrote, apart);
      if (known.length > PLACES_MAX) continue;
      const weight = 1 / known.length;
      for (const { bmc, r, t } of known) {
        const bucket = Math.round((wrote - t) / exactUs);
        const votesFor = votes.get(bucket);
        if (votesFor === undefined) votes.set(bucket, { weight, seed: { host, bmc, w, r } });
        else {
          votesFor.weight += weight;
          const { seed } = votesFor;
          if (sizeOf({ host, bmc }) > sizeOf(seed)) votesFor.seed = { host, bmc, w, r };
        }
      }
    }
  }
}

function sizeOf({ host, bmc }: Pick<Seed, "host" | "bmc">): number {
  return Math.min(host.bytes.length, bmc.bytes.length);
}

interface Place {
  readonly bmc: Piece<BmcStep>;
  readonly r: number;
  readonly t: number;
}

function placesOf(bmcs: readonly Piece<BmcStep>[], length: number): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const bmc of bmcs) {
    for (let r = 0; r + length <= bmc.bytes.length; r++) {
      const key = keyOf(bmc.bytes, r, length);
      const place = { bmc, r, t: bmc.bytes[r]?.t ?? 0 };
      const known = places.get(key);
      if (known === undefined) places.set(key, [place]);
      else known.push(place);
    }
  }
  return places;
}

/** The places, by their times, at which a byte can have been that was written then; one too many at most. */
function placesBetween(places: readonly Place[] = [], wrote: number, apart: Apart): Place[] {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.t ?? 0) < wrote - apart.mostUs) low = middle + 1;
    else high = middle;
  }
  const found: Place[] = [];
  for (let at = low; at < places.length && found.length <= PLACES_MAX; at++) {
    const place = places[at];
    if (place === undefined || place.t > wrote - apart.leastUs) break;
    found.push(place);
  }
  return found;
}

function keyOf(bytes: readonly Byte[], from: number, length: number): string {
  let key = "";
  for (let at = from; at < from + length; at++) {
    key += String.fromCharCode(bytes[at]?.token ?? 0);
  }
  return key;
}

/** How far back both show the same, however much either lacks in between. */
function backwards(writes: readonly Byte[], reads: readonly Byte[], w: number, r: number) {
  let at = { w, r };
  while (at.w > 0 && at.r > 0) {
    const skip = skipOf(writes, reads, at.w - 1, at.r - 1, -1);
    if (skip === undefined) return { at, broken: true };
    at = { w: at.w - 1 - skip[0], r: at.r - 1 - skip[1] };
  }
  return { at, broken: false };
}

function forwards(
  writes: readonly Byte[],
  reads: readonly Byte[],
  from: { readonly w: number; readonly r: number },
) {
  const pairs: { w: number; r: number; doubtful: boolean }[] = [];
  let { w, r } = from;
  let sure = SAME;
  while (w < writes.length && r < reads.length) {
    const skip = skipOf(writes, reads, w, r, 1);
    // Of the last bytes that each shows nothing follows by which to go on.
    if (skip === undefined) return { pairs, broken: !nearEnd(writes, w) && !nearEnd(reads, r) };
    if (skip[0] + skip[1] > 0) {
      sure = 0;
      for (const pair of pairs.slice(-SAME)) pair.doubtful = true;
    }
    w += skip[0];
    r += skip[1];
    if (skip[1] === 0) wholeHandovers(writes, reads, pairs, skip[0]);
    pairs.push({ w, r, doubtful: sure < SAME });
    sure++;
    w++;
    r++;
  }
  return { pairs, broken: false };
}

/**
 * The BMC lacks so many bytes behind the last pair. Where they may as well be those before, so that they are
 * whole handovers, these it lacks.
 */
function wholeHandovers(
  writes: readonly Byte[],
  reads: readonly Byte[],
  pairs: { w: number; r: number }[],
  lacks: number,
): void {
  for (let back = 0; lacks > 0 && back <= pairs.length; back++) {
    const last = pairs.at(-1 - back);
    if (last === undefined) return;
    if (writes[last.w]?.step !== writes[last.w + 1]?.step) {
      for (const pair of pairs.slice(pairs.length - back)) pair.w += lacks;
      return;
    }
    if (writes[last.w + lacks]?.token !== reads[last.r]?.token) return;
  }
}

function nearEnd(bytes: readonly Byte[], at: number): boolean {
  return bytes.length - at <= SAME;
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

const ANY: Apart = { leastUs: Number.NEGATIVE_INFINITY, mostUs: Number.POSITIVE_INFINITY };
/** So many bytes in a row are no chance. */
const SAME = 4;
/** The lengths of the stretches that are compared: several transactions, one, a few bytes of it. */
const WINDOWS = [64, 16, SAME];
/** What is in more places than these says nothing. */
const PLACES_MAX = 32;
/** Clocks that drift share their votes out among several places, and what follows closely is told apart by little. */
const APART_US = [500, 20];
const SEEDS_MAX = 12;
/** So many bytes may one face lack of the other's. */
const SKIP_MAX = 128;
