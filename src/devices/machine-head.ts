import { type TraceHead, traceHead } from "../trace/head.ts";
import type { Place } from "../wire/location.ts";

/**
 * What the trace of an opened target is of. It begins in the middle of things: the BMC was there before. Of our
 * own stack there is its face of the wire; of a kernel's device there are messages alone, of which nobody sees
 * how they go.
 */
export function machineHead(place: Place): TraceHead {
  const wire = "kind" in place;
  return traceHead({
    ...{ scenario: "", scenarioText: "", bmc: "machine", seed: 0, clock: "real" },
    host: wire ? "stack" : "host",
    // Messages are alike on every interface.
    interface: wire ? place.kind : "kcs",
    taps: { host: wire, bmc: false },
    witness: { middle: true, tells: wire ? ["users", "host-interface"] : [] },
  });
}
