import type { WholeTrace } from "../../../src/evidence/index.ts";
import { isBmcAccess, isHostAccess } from "../../../src/trace/event-names.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";

/** How the BMC's clock differs from the host's. */
export interface Shift {
  readonly offsetUs: number;
  readonly driftPpm: number;
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

function numbered(events: readonly TraceEvent[], time: (t: number) => number): TraceEvent[] {
  return events.map((event, n) => ({ ...event, n, t: time(event.t) }));
}
