import { fraction, grouped } from "./counts.ts";

/** What the settled runs of a search, or of a share of one, cover. */
export type Covered = CoveredFaults | CoveredPairs | CoveredSchedules | CoveredRuns | CoveredStops;

/** A fault at each event. */
export interface CoveredFaults {
  readonly by: "faults";
  readonly runs: number;
  readonly events: number;
  readonly kinds: number;
  /** Pairs of an event and a kind of fault that the runs stand for. */
  readonly pairs: number;
  /** Pairs of a situation and a kind of fault that were tried, ... */
  readonly situations: number;
  /** ... that another scenario had tried before, ... */
  readonly before: number;
  /** ... and that there are. */
  readonly situationsInAll: number;
}

/** Two faults at two events. */
export interface CoveredPairs {
  readonly by: "pairs";
  readonly runs: number;
  readonly inAll: number;
}

/** Orders of turns. */
export interface CoveredSchedules {
  readonly by: "schedules";
  readonly points: number;
  /** By number of delays: how many schedules there are, as far as known, and were had. */
  readonly levels: readonly { readonly total: number; readonly done: number }[];
  readonly drawn: number;
}

/** Runs of which there is no end. */
export interface CoveredRuns {
  readonly by: "runs";
  readonly runs: number;
  /** Of which kind: `random`. */
  readonly kind: string;
}

/** A deed at each stop of a driver. */
export interface CoveredStops {
  readonly by: "stops";
  readonly runs: number;
  readonly stops: number;
  readonly deeds: number;
}

/** It in one line. */
export function coverageText(covered: Covered): string {
  switch (covered.by) {
    case "faults":
      return faultsText(covered);
    case "pairs":
      return `${grouped(covered.runs)} pairs of faults, drawn from ${grouped(covered.inAll)}`;
    case "schedules":
      return schedulesText(covered);
    case "runs":
      return `${grouped(covered.runs)} ${covered.kind} runs`;
    case "stops":
      return stopsText(covered);
  }
}

/** What the shares of one search cover together; undefined when they are of different searches. */
export function together(shares: readonly Covered[]): Covered | undefined {
  return shares.reduce<Covered | undefined>(
    (so, each, index) => (index === 0 || so === undefined ? so : sum(so, each)),
    shares[0],
  );
}

function sum(a: Covered, b: Covered): Covered | undefined {
  if (a.by === "faults" && b.by === "faults") return sumOfFaults(a, b);
  if (a.by === "pairs" && b.by === "pairs") {
    return a.inAll === b.inAll ? { ...a, runs: a.runs + b.runs } : undefined;
  }
  if (a.by === "schedules" && b.by === "schedules") return sumOfSchedules(a, b);
  if (a.by === "runs" && b.by === "runs") {
    return a.kind === b.kind ? { ...a, runs: a.runs + b.runs } : undefined;
  }
  if (a.by === "stops" && b.by === "stops") {
    const alike = a.stops === b.stops && a.deeds === b.deeds;
    return alike ? { ...a, runs: a.runs + b.runs } : undefined;
  }
  return undefined;
}

function stopsText({ runs, stops, deeds }: CoveredStops): string {
  const all = stops * deeds;
  const done = runs === all ? "complete" : `${fraction(runs, all)} of them`;
  return `${grouped(stops)} accesses x ${deeds} deed${deeds === 1 ? "" : "s"}, ${done}`;
}

function sumOfFaults(a: CoveredFaults, b: CoveredFaults): CoveredFaults | undefined {
  const alike = (["events", "kinds", "before", "situationsInAll"] as const).every(
    (key) => a[key] === b[key],
  );
  if (!alike) return undefined;
  const { runs, pairs, situations } = b;
  return {
    ...a,
    runs: a.runs + runs,
    pairs: a.pairs + pairs,
    situations: a.situations + situations,
  };
}

function sumOfSchedules(a: CoveredSchedules, b: CoveredSchedules): CoveredSchedules | undefined {
  if (a.points !== b.points) return undefined;
  const length = Math.max(a.levels.length, b.levels.length);
  const levels = Array.from({ length }, (_, level) => ({
    total: (a.levels[level]?.total ?? 0) + (b.levels[level]?.total ?? 0),
    done: (a.levels[level]?.done ?? 0) + (b.levels[level]?.done ?? 0),
  }));
  return { ...a, levels, drawn: a.drawn + b.drawn };
}

function faultsText(covered: CoveredFaults): string {
  const { runs, pairs, events, kinds, situations, before, situationsInAll } = covered;
  const known = before === 0 ? "" : `, ${grouped(before)} of them before`;
  return [
    `${grouped(runs)} runs stand for ${fraction(pairs, events * kinds)} pairs of ` +
      `${grouped(events)} events and ${kinds} fault${kinds === 1 ? "" : "s"}`,
    `${fraction(situations + before, situationsInAll)} pairs of situation and fault${known}`,
  ].join("; ");
}

function schedulesText({ points, levels, drawn }: CoveredSchedules): string {
  const parts = levels.map(({ total, done }, delays) => {
    return `${fraction(done, total)} with ${delays} delay${delays === 1 ? "" : "s"}`;
  });
  if (drawn > 0) parts.push(`${grouped(drawn)} drawn`);
  return `${grouped(points)} choice points; schedules: ${parts.join(", ")}`;
}
