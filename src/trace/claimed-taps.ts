import { isBmcAccess, isHostAccess } from "./event-names.ts";
import type { TraceEvent } from "./events.ts";
import type { Taps } from "./head.ts";

/**
 * Holds the taps that a head claims against the events. A party is judged by its own face where
 * that was tapped: a claim without any event of the face would turn the blame round in silence.
 * A face that nobody used has no events either, so something has to show that it was used.
 */
export class ClaimedTaps {
  private readonly _seen = { host: false, bmc: false };
  /** The first event that shows that the party used its face, by what is seen elsewhere. */
  private readonly _used: { host?: number; bmc?: number } = {};
  /** The first event after which a BMC should have done something, if anybody had looked at it. */
  private _expected: number | undefined;
  /** Somebody looked at the BMC: its life is told. One that is there can still be deaf. */
  private _watched = false;

  /** Takes an event in. */
  take(event: TraceEvent): void {
    if (!this._seen.host) {
      this._seen.host = isHostAccess(event);
      if (hostWasThere(event)) this._used.host ??= event.n;
    }
    if (!this._seen.bmc) {
      this._seen.bmc = isBmcAccess(event);
      if (bmcWasThere(event)) this._used.bmc ??= event.n;
      if (event.e === "host.write") this._expected ??= event.n;
      if (event.e === "bmc") this._watched = true;
    }
  }

  /** What is wrong with the claim, and what would be right; undefined when nothing is. */
  fault(taps: Taps): string | undefined {
    const { host, bmc = this._watched ? undefined : this._expected } = this._used;
    const usedBy = { host, bmc };
    for (const party of ["host", "bmc"] as const) {
      const used = usedBy[party];
      if (!taps[party] || this._seen[party] || used === undefined) continue;
      return (
        `"taps" claims the face of the ${party}, but no event shows it, though event ${used} says ` +
        `that it was used: write "${party}":false, or add the events`
      );
    }
    return undefined;
  }
}

function hostWasThere(event: TraceEvent): boolean {
  switch (event.e) {
    case "bmc.read":
    case "bmc.bus":
    case "send":
    case "received":
      return true;
    case "answer":
      return event.maker === "bmc";
    default:
      return false;
  }
}

function bmcWasThere(event: TraceEvent): boolean {
  switch (event.e) {
    case "bmc.request":
    case "bmc.response":
    case "received":
      return true;
    case "host.bus":
      // A byte read is acknowledged by the host itself.
      return event.outcome === "ack" && event.op !== "read" && event.op !== "stop";
    case "answer":
      return event.maker === "bmc";
    default:
      return false;
  }
}
