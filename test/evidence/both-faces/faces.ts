import { readFileSync } from "node:fs";
import type { WholeTrace } from "../../../src/evidence/index.ts";
import { Referee } from "../../../src/referee/index.ts";
import { isBmcAccess, isHostAccess } from "../../../src/trace/event-names.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import type { InterfaceKind } from "../../../src/trace/head.ts";
import { playedMatch } from "../../../tools/evidence/writers.ts";

/** How the BMC's clock differs from the host's. */
export interface Shift {
  readonly offsetUs: number;
  readonly driftPpm: number;
}

/** A scenario of the catalogue as our own stack plays it. */
export function played(name: string, kind: InterfaceKind): WholeTrace {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return playedMatch(readFileSync(file, "utf8"), name, kind);
}

/** A match as the host alone saw it. */
export function hostsFace({ head, events }: WholeTrace): WholeTrace {
  const taps = { host: true, bmc: false };
  const kept = events.filter((each) => isHostAccess(each) || each.e === "end");
  return { head: { ...head, taps, witness: WITNESS }, events: numbered(kept, (t) => t) };
}

/** The same as the BMC alone saw it, by its own clock. */
export function bmcsFace({ head, events }: WholeTrace, shift: Shift): WholeTrace {
  const taps = { host: false, bmc: true };
  const kept = events.filter((each) => isBmcAccess(each) || each.e === "end");
  return {
    head: { ...head, taps, witness: WITNESS },
    events: numbered(kept, (t) => bmcsTime(t, shift)),
  };
}

/** What the BMC's clock showed then. */
export function bmcsTime(t: number, { offsetUs, driftPpm }: Shift): number {
  return Math.round(t * (1 + driftPpm / 1e6) + offsetUs);
}

/** Evidence begins in the middle of things, and tells of the wire alone. */
export const WITNESS = { middle: true, tells: [] } as const;

/** The trace without so many events from that one on, and a gap in their place, or without any word. */
export function without(
  { head, events }: WholeTrace,
  at: number,
  length: number,
  told: "a gap" | "nothing" = "a gap",
): WholeTrace {
  const first = events[at];
  if (first === undefined) throw new Error("there is no such place");
  const gap: TraceEvent = { n: 0, t: first.t, e: "gap", text: "lost" };
  const kept = [...events.slice(0, at), ...(told === "a gap" ? [gap] : [])];
  return { head, events: numbered([...kept, ...events.slice(at + length)], (t) => t) };
}

/** A match's accesses and its wire's faults, in the order in which they were: all that both faces could show. */
export function accessesOf({ head, events }: WholeTrace): WholeTrace {
  const kept = events.filter((event) => {
    const wires = event.e === "fault" && event.on === "wire";
    return isHostAccess(event) || isBmcAccess(event) || wires || event.e === "end";
  });
  return { head: { ...head, witness: WITNESS }, events: numbered(kept, (t) => t) };
}

/** Who broke which rule, each once. */
export function blamed({ head, events }: WholeTrace): string[] {
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  return [...new Set(referee.verdict().violations.map(({ rule, party }) => `${party} ${rule}`))];
}

function numbered(events: readonly TraceEvent[], time: (t: number) => number): TraceEvent[] {
  return events.map((event, n) => ({ ...event, n, t: time(event.t) }));
}
