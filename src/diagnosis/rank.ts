import type { Knowledge, KnownMatch } from "./knowledge.ts";
import type { About, Seen } from "./log.ts";
import { showsBest } from "./mended.ts";
import { messageFor } from "./messages/index.ts";
import { withoutCodes } from "./shape.ts";

/** A scenario that a log looks like. */
export interface Candidate {
  readonly scenario: string;
  /** Others whose match has just the same lines: a log cannot tell them apart. */
  readonly alike: readonly string[];
  /** From 0, nothing in common, to 1, the same. */
  readonly likeness: number;
  /** The match that is most like it. */
  readonly match: KnownMatch;
  /** What the log has of that match's lines, what it lacks, and what else it has. */
  readonly shared: readonly Seen[];
  readonly lacking: readonly string[];
  readonly beyond: readonly Seen[];
}

/** Less in common than this is no likeness. */
const LIKENESS_MIN = 0.22;
/** A line that comes as often as in the match counts whole, one that only comes, this much. */
const PRESENCE = 0.7;
/** What one driver, `ipmi_si`, drives. */
const REGISTERS = ["kcs", "smic", "bt"];
/** So much it counts with another completion code. */
const OTHER_CODE = 0.5;
/** What a line weighs that a driver can print and that no match shows. */
const NEVER_SEEN = 1.5;

/** A log's lines, as they are and whatever code is in them. */
interface SeenLines {
  readonly exact: ReadonlyMap<string, Seen>;
  readonly byAnyCode: ReadonlyMap<string, Seen>;
}

/** The scenarios that a log looks like, the most like first. */
export function rank(
  knowledge: Knowledge,
  seen: ReadonlyMap<string, Seen>,
  about: Pick<About, "interfaces" | "kernel">,
): readonly Candidate[] {
  const byAnyCode = new Map([...seen.values()].map((one) => [withoutCodes(one.shape), one]));
  const lines = { exact: seen, byAnyCode };
  const candidates = matchesOn(knowledge, seen, about.interfaces).map((match) => {
    return compare(knowledge, lines, match);
  });
  return bestOf(candidates, about);
}

/** On the interfaces that the log speaks of; where it speaks of none, or none of these is known, on all. */
function matchesOn(
  { matches }: Knowledge,
  seen: ReadonlyMap<string, Seen>,
  interfaces: ReadonlySet<string>,
): readonly KnownMatch[] {
  // The driver of registers speaks, and not on which: it may be any of these.
  const anyBlock =
    !REGISTERS.some((kind) => interfaces.has(kind)) &&
    [...seen.keys()].some((shape) => shape.startsWith("ipmi_si: "));
  const on = new Set([...interfaces, ...(anyBlock ? REGISTERS : [])]);
  const there = matches.filter((match) => on.has(match.interface));
  return there.length > 0 ? there : matches;
}

/** Each scenario by the match of it that is most like. */
function bestOf(
  candidates: readonly Candidate[],
  about: Pick<About, "kernel">,
): readonly Candidate[] {
  const nearer = (a: Candidate, b: Candidate) => {
    return b.likeness - a.likeness || nearKernel(b.match, about) - nearKernel(a.match, about);
  };
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const before = best.get(candidate.scenario);
    if (candidate.likeness < LIKENESS_MIN) continue;
    if (before === undefined || nearer(before, candidate) > 0) {
      best.set(candidate.scenario, candidate);
    }
  }
  return together([...best.values()].sort(nearer));
}

/** Puts those into one whose matches have the same lines, however often. */
function together(candidates: readonly Candidate[]): readonly Candidate[] {
  const groups = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const shapes = [...candidate.shared.map(({ shape }) => shape).sort(), ...candidate.lacking];
    const key = JSON.stringify(shapes);
    const first = groups.get(key);
    if (first === undefined) groups.set(key, candidate);
    else groups.set(key, joined(first, candidate));
  }
  return [...groups.values()];
}

/** The scenario that shows a kernel's fault best speaks for those that show it, too. */
function joined(first: Candidate, next: Candidate): Candidate {
  if (!showsBest(next.scenario) || showsBest(first.scenario)) {
    return { ...first, alike: [...first.alike, next.scenario] };
  }
  return { ...next, alike: [first.scenario, ...first.alike] };
}

/** 1 when the log's kernel is of the match's series. */
function nearKernel({ kernel }: KnownMatch, about: Pick<About, "kernel">): number {
  const series = (version: string) => version.split(".").slice(0, 2).join(".");
  return about.kernel !== undefined && series(about.kernel) === series(kernel) ? 1 : 0;
}

function compare(knowledge: Knowledge, seen: SeenLines, match: KnownMatch): Candidate {
  const shared: Seen[] = [];
  const lacking: string[] = [];
  const beyond: Seen[] = [];
  let common = 0;
  let all = 0;
  for (const [shape, count] of match.lines) {
    const weight = knowledge.weight(shape);
    if (weight === 0) continue;
    all += weight;
    const exact = seen.exact.get(shape);
    const here = exact ?? seen.byAnyCode.get(withoutCodes(shape));
    if (here === undefined) lacking.push(shape);
    else {
      shared.push(here);
      const often = PRESENCE + (1 - PRESENCE) * alike(here.count, count);
      common += weight * often * (exact === undefined ? OTHER_CODE : 1);
    }
  }
  for (const one of seen.exact.values()) {
    if (match.lines.has(one.shape) || shared.includes(one)) continue;
    const weight = weightBeyond(knowledge, one);
    all += weight;
    if (weight > 0) beyond.push(one);
  }
  const likeness = all === 0 ? 0 : common / all;
  const order = (a: Seen, b: Seen) => knowledge.weight(b.shape) - knowledge.weight(a.shape);
  return {
    scenario: match.scenario,
    alike: [],
    likeness,
    match,
    shared: shared.sort(order),
    lacking: lacking.sort(),
    beyond: beyond.sort(order),
  };
}

/** What a log has and a match lacks: also what no match shows, if it makes somebody suspect. */
function weightBeyond(knowledge: Knowledge, { shape }: Seen): number {
  const known = knowledge.weight(shape);
  if (known > 0 || !knowledge.tells(shape)) return known;
  return messageFor(shape) === undefined ? 0 : NEVER_SEEN;
}

/** How near two counts are: 1 the same, 0 when one is eight times the other. */
function alike(a: number, b: number): number {
  return Math.max(0, 1 - Math.abs(Math.log2(a / b)) / 3);
}
