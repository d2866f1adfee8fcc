import { type Bounds, type Clocks, clocksBy, hostTime, tightest } from "./clocks.ts";
import type { BmcStep, HostStep, Piece } from "./face.ts";
import { type Seed, seedsOf, type Way, wayFrom } from "./pairs.ts";
import { slid } from "./slide.ts";
import type { Faces, Wire } from "./wire.ts";

/** A piece of each face, laid together. */
export interface Stretch extends Faces {
  readonly way: Way;
}

/** How two faces were laid together. */
export interface Laid {
  readonly clocks: Clocks;
  /** In the order of time. */
  readonly stretches: readonly Stretch[];
  /** Pieces that lie over each other in time and cannot be laid together. */
  readonly unlaid: readonly Faces[];
}

/** What two faces show, a piece each that has no hole. */
export interface Pieces {
  readonly hosts: readonly Piece<HostStep>[];
  readonly bmcs: readonly Piece<BmcStep>[];
}

/** Why two faces cannot be laid together. */
export type Refusal = "nothing in common" | "several ways" | "contradiction";

/** Lays the faces together; where that contradicts itself, as of a BMC that answers a byte before it takes it. */
export function layTogether(wire: Wire, pieces: Pieces): Laid | Refusal {
  const laid = layBy(wire, pieces);
  const { earlyBounds } = wire;
  if (laid !== "contradiction" || earlyBounds === undefined) return laid;
  return layBy({ ...wire, bounds: earlyBounds }, pieces);
}

/**
 * From the place at which they fit best outwards, each further piece only where it fits in one way by the clocks
 * that are known by then.
 */
function layBy(wire: Wire, pieces: Pieces): Laid | Refusal {
  const seeds = seedsOf(pieces.hosts, pieces.bmcs);
  if (seeds.length === 0) return "nothing in common";
  const found: Laid[] = [];
  const firsts = bestFirst(seeds);
  for (const first of firsts) {
    if (found.some(({ stretches }) => stretches.some((each) => isSame(each, first)))) continue;
    const laid = extended(wire, pieces, first);
    if (laid !== undefined) found.push(laid);
  }
  const most = Math.max(...firsts.map(({ way }) => sureOf(way)));
  found.sort((a, b) => pairsIn(b) - pairsIn(a));
  const [best, second] = found;
  if (best === undefined || pairsIn(best) < MOST * most) return "contradiction";
  if (second !== undefined && pairsIn(second) >= AS_GOOD * pairsIn(best)) return "several ways";
  return best;
}

/** The ways that these begin, those that say the most first. */
function bestFirst(seeds: readonly Seed[]): Stretch[] {
  const all = seeds.map((seed) => ({ host: seed.host, bmc: seed.bmc, way: wayFrom(seed) }));
  return all.sort((a, b) => sureOf(b.way) - sureOf(a.way));
}

/** Whether these say the same: half of what one lays together lies so in the other. */
function isSame(one: Stretch, other: Stretch): boolean {
  if (one.host !== other.host || one.bmc !== other.bmc) return false;
  const [long, short] = [one.way.pairs, other.way.pairs].sort((a, b) => b.length - a.length);
  const places = new Map(long?.map(({ w, r }) => [w, r]));
  const shared = short?.filter(({ w, r }) => places.get(w) === r) ?? [];
  return 2 * shared.length >= (short?.length ?? 0);
}

function pairsIn({ stretches }: Laid): number {
  return stretches.reduce((sum, { way }) => sum + sureOf(way), 0);
}

/** How much a way says; what lies close to where it jumps may be chance. */
function sureOf({ pairs }: Way): number {
  return pairs.filter(({ doubtful }) => !doubtful).length;
}

/** All that fits with that stretch; undefined where it does not even fit by itself. */
function extended(wire: Wire, pieces: Pieces, first: Stretch): Laid | undefined {
  let bounds = tightest(wire.bounds(first, first.way.pairs));
  const own = clocksOver(bounds, first.bmc);
  if (own === undefined) return undefined;
  const stretches = [first];
  const unlaid: Faces[] = [];
  for (const faces of neighbours(pieces, first, own)) {
    const clocks = clocksOver(bounds, faces.bmc);
    if (clocks === undefined || !overlap(faces, clocks, clocks.errorUs)) continue;
    const best = onlyOf(fittingWays(wire, faces, bounds, clocks));
    if (best !== undefined) {
      stretches.push({ ...faces, way: best.way });
      bounds = best.bounds;
    } else if (overlap(faces, clocks, -clocks.errorUs)) {
      unlaid.push(faces);
    }
  }
  const clocks = clocksOver(bounds, {
    fromUs: pieces.bmcs[0]?.fromUs ?? 0,
    toUs: pieces.bmcs.at(-1)?.toUs ?? 0,
  });
  if (clocks === undefined) return undefined;
  stretches.sort((a, b) => beginOf(a, clocks) - beginOf(b, clocks));
  return { clocks, stretches: stretches.map((each) => byTime(wire, each, clocks)), unlaid };
}

/** On a bus each step of one face is the other's at that moment, and no run of its bytes is alike. */
function byTime(wire: Wire, stretch: Stretch, clocks: Clocks): Stretch {
  if (wire.together) return stretch;
  const { way } = stretch;
  return { ...stretch, way: { ...way, pairs: slid(stretch, way.pairs, clocks) } };
}

/** When both faces show these, by the host's clock. */
export function beginOf({ host, bmc }: Faces, clocks: Clocks): number {
  return Math.max(host.fromUs, hostTime(clocks, bmc.fromUs));
}

/** When one of them ends. */
export function endOf({ host, bmc }: Faces, clocks: Clocks): number {
  return Math.min(host.toUs, hostTime(clocks, bmc.toUs));
}

/** Whether these lie over each other, where the clocks are so wrong. */
function overlap(faces: Faces, clocks: Clocks, errorUs: number): boolean {
  return beginOf(faces, clocks) <= endOf(faces, clocks) + errorUs;
}

function clocksOver(bounds: Bounds, { fromUs, toUs }: Pick<Piece<BmcStep>, "fromUs" | "toUs">) {
  return clocksBy(bounds, fromUs, toUs);
}

/** The first, where no other is as good. */
function onlyOf([best, second]: readonly Fitting[]): Fitting | undefined {
  if (best === undefined || second === undefined) return best;
  return sureOf(second.way) >= AS_GOOD * sureOf(best.way) ? undefined : best;
}

interface Fitting {
  readonly way: Way;
  readonly bounds: Bounds;
}

/** The ways to lay these pieces together that the clocks allow, each once, the longest first. */
function fittingWays(wire: Wire, faces: Faces, known: Bounds, clocks: Clocks): Fitting[] {
  const { host, bmc } = faces;
  const apart = [bmc.fromUs, bmc.toUs].map((t) => hostTime(clocks, t) - t);
  const seeds = seedsOf([host], [bmc], {
    leastUs: Math.min(...apart) - clocks.errorUs - LATE_MAX_US,
    mostUs: Math.max(...apart) + clocks.errorUs,
  });
  const fitting: Fitting[] = [];
  for (const stretch of bestFirst(seeds)) {
    const { way } = stretch;
    if (sureOf(way) < PAIRS_MIN) break;
    if (fitting.some((known) => isSame({ ...faces, way: known.way }, stretch))) continue;
    const bounds = tightest(known, wire.bounds(faces, way.pairs));
    if (clocksOver(bounds, bmc) !== undefined) fitting.push({ way, bounds });
  }
  return fitting;
}

/** The other pieces that may lie over each other, the nearest first. */
function neighbours({ hosts, bmcs }: Pieces, first: Stretch, clocks: Clocks): Faces[] {
  const near: Faces[] = [];
  const errorAt = (us: number) => {
    const away = Math.abs(hostTime(clocks, us) - first.host.fromUs) + first.host.toUs;
    return clocks.errorUs + (away - first.host.fromUs) * clocks.driftErrorPpm * 1e-6;
  };
  const dated = bmcs.map((bmc) => {
    const errorUs = Math.max(errorAt(bmc.fromUs), errorAt(bmc.toUs));
    return { bmc, errorUs };
  });
  for (const host of hosts) {
    for (const { bmc, errorUs } of dated) {
      const faces = { host, bmc };
      const itself = host === first.host && bmc === first.bmc;
      if (!itself && overlap(faces, clocks, errorUs)) near.push(faces);
    }
  }
  const away = ({ host }: Faces) => Math.abs(host.fromUs - first.host.fromUs);
  return near.sort((a, b) => away(a) - away(b));
}

/** What fits with fewer of the pairs than that fits by chance: the clocks jumped. */
const MOST = 0.8;
/** Another way to lay them together is as good with this share of the pairs. */
const AS_GOOD = 0.5;
/** Fewer bytes in common are chance. */
const PAIRS_MIN = 8;
/** So late does a BMC take at least one stretch of bytes of a piece. */
const LATE_MAX_US = 50_000;
