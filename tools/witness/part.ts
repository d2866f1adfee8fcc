import type { Draws } from "../../src/match/draws.ts";
import { blamed, Referee } from "../../src/referee/index.ts";
import { isBmcAccess, isHostAccess } from "../../src/trace/event-names.ts";
import { EVENT_GROUPS, TELLABLE } from "../../src/trace/event-shapes.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { Tellable, TraceHead } from "../../src/trace/head.ts";
import type { Recorded } from "./recorded.ts";

/** What a witness saw of a match. */
export interface Part {
  readonly face: "both" | "host" | "bmc";
  readonly tells: readonly Tellable[];
  /** The index of the first event that it saw. */
  readonly from: number;
  /** Events that it lost, by their indices: from the first up to the second. */
  readonly gaps: readonly (readonly [number, number])[];
}

/** All that the lab shows, from that event on. */
export function fromThere(from: number): Part {
  return { face: "both", tells: TELLABLE, from, gaps: [] };
}

/** Any beginning, any face, any holes. The lab's own view tells of all else, too. */
export function drawnPart(draws: Draws, { events }: Recorded): Part {
  const face = draws.one(["both", "host", "bmc"] as const);
  const tells = face === "both" ? TELLABLE : TELLABLE.filter(() => draws.below(3) === 0);
  const from = draws.below(3) === 0 ? 0 : draws.below(events.length);
  const gaps = Array.from({ length: draws.below(3) }, () => {
    const start = from + draws.below(events.length - from);
    return [start, start + 1 + draws.below(GAP_MAX)] as const;
  });
  return { face, tells, from, gaps };
}

const GAP_MAX = 300;

/** Who is accused by that part of the match of what the whole does not show, a sentence each. */
export function accusedBy(match: Recorded, part: Part): string[] {
  const referee = new Referee(headOf(match.head, part));
  for (const event of seen(match.events, part)) referee.event(event);
  return referee.verdict().violations.flatMap((each) => {
    const who = blamed(each);
    if (who === undefined || match.blamed.has(who)) return [];
    if (each.unless?.some((doubt) => match.clears.has(doubt)) === true) return [];
    return [`${each.rule} ${who}: event ${each.n}, ${each.detail}`];
  });
}

function headOf(head: TraceHead, { face, tells, from }: Part): TraceHead {
  const taps = { host: face !== "bmc", bmc: face !== "host" };
  const seats = face === "both" ? {} : { host: "unknown", bmc: "unknown" };
  return { ...head, ...seats, taps, witness: { middle: from > 0 || face !== "both", tells } };
}

function* seen(events: readonly TraceEvent[], part: Part): Generator<TraceEvent> {
  let lost = false;
  for (const [index, event] of events.entries()) {
    if (index < part.from) continue;
    if (event.e !== "end" && part.gaps.some(([from, to]) => index >= from && index < to)) {
      lost = true;
      continue;
    }
    if (lost) {
      // It has the place of the event after it, which follows with the next number.
      yield { n: event.n - 1, t: event.t, e: "gap", text: "events" };
      lost = false;
    }
    const shown = shownOf(event, part);
    if (shown !== undefined) yield shown;
  }
}

/** The event as the witness sees it; undefined when it does not. */
function shownOf(event: TraceEvent, { face, tells }: Part): TraceEvent | undefined {
  if (face === "both" || event.e === "end") return event;
  if (isHostAccess(event)) {
    if (face !== "host") return undefined;
    // Whose request it carries only who is told of requests can know.
    return "tag" in event && !tells.includes("users") ? { ...event, tag: 0 } : event;
  }
  if (isBmcAccess(event)) return face === "bmc" ? event : undefined;
  return tells.some((group) => event.e in EVENT_GROUPS[group]) ? event : undefined;
}
