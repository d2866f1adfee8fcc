import { type Doer, EVENT_GROUPS, EVENTS } from "./event-shapes.ts";
import type { AccessBy, EventName, TraceEvent } from "./events.ts";
import { keysOf } from "./fields.ts";

/** The names of all events, in the order of the page. */
export const EVENT_NAMES: readonly EventName[] = keysOf(EVENTS);

/** The names of what is that party's doing. */
export function namesBy(by: Doer): ReadonlySet<string> {
  return new Set(EVENT_NAMES.filter((name) => EVENTS[name].by === by));
}

const HOST_ACCESSES = accessesBy("host");
const BMC_ACCESSES = accessesBy("bmc");

/** The host touched a register, or moved the bus on: its own face of the wire shows it. */
export function isHostAccess(event: TraceEvent): event is AccessBy<"host"> {
  return HOST_ACCESSES.has(event.e);
}

/** The same of the BMC. */
export function isBmcAccess(event: TraceEvent): event is AccessBy<"bmc"> {
  return BMC_ACCESSES.has(event.e);
}

function accessesBy(by: Doer): ReadonlySet<string> {
  const wire = { ...EVENT_GROUPS.registers, ...EVENT_GROUPS.bus, ...EVENT_GROUPS.calls };
  return new Set(keysOf(wire).filter((name) => wire[name].by === by));
}
