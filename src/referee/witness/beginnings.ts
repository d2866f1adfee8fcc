import type { TraceEvent } from "../../trace/events.ts";
import { BtControl } from "../../wire/bt/protocol.ts";
import type { KCS_LAYOUT } from "../../wire/kcs/protocol.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { beginsRequest } from "../../wire/ssif/protocol.ts";

/**
 * Whether a request begins with this event, as either face shows it. `recent`: those before it on that
 * face. Gives the events with which the request begins; none when it does not.
 */
export type Begins = (event: TraceEvent, recent: readonly TraceEvent[]) => readonly TraceEvent[];

/** A host that is about to begin has looked at the BMC not more accesses before. */
export const RECENT = 8;
const NOT: readonly TraceEvent[] = [];

/** A request begins with a code in a register, after a look at another. @see IPMI 2.0 §9.9, §10.8 */
export function byCode({ begins, written }: typeof KCS_LAYOUT): Begins {
  return (event, recent) => {
    if (begins.by !== "code") return NOT;
    if (event.e === "bmc.read") return event.command && event.value === begins.code ? [event] : NOT;
    if (event.e !== "host.write" || event.value !== begins.code) return NOT;
    return written[event.reg] === begins.register ? withLook(event, recent) : NOT;
  };
}

/** BT: the host clears its pointer, and the BMC shows that it takes what was written. @see IPMI 2.0 §11.6 */
export const byPointer: Begins = (event, recent) => {
  if (event.e === "bmc.status") return (event.status & BtControl.BBusy) !== 0 ? [event] : NOT;
  if (event.e !== "host.write" || event.reg !== "control") return NOT;
  return (event.value & BtControl.ClearWritePointer) !== 0 ? withLook(event, recent) : NOT;
};

/** SSIF: a START for writing, and the command of a first part. @see IPMI 2.0 §12.3 */
export const byFirstPart: Begins = (event, recent) => {
  if (event.e !== "host.bus" && event.e !== "bmc.bus") return NOT;
  const first = beginsRequest(event.value);
  const before = recent.at(-1);
  if (event.op !== "write" || !first || before?.e !== event.e) return NOT;
  return before.op === "start" && (before.value & READ_BIT) === 0 ? [before, event] : NOT;
};

/** A firmware's call that hands a request over is all of it. */
export const byCall: Begins = (event) => {
  return event.e === "host.opal-send" && event.code === "success" ? [event] : NOT;
};

/**
 * With the host's last look at what the BMC shows, which may lie before all that is known, and what it
 * read from there on: it may have taken what was still there.
 */
function withLook(event: TraceEvent, recent: readonly TraceEvent[]): readonly TraceEvent[] {
  const at = recent.findLastIndex((each) => each.e === "host.read" && each.reg !== "data");
  if (at === -1) return recent.length < RECENT ? NOT : [event];
  const since = recent.slice(at);
  return since.every((each) => each.e === "host.read") ? [...since, event] : NOT;
}
