import type { On } from "../../automaton.ts";
import { givesUp } from "../../common/waiting.ts";
import type { OpenTransfers } from "../open-transfers.ts";

/** With these a host waits no longer for what was asked before: it crashes, or gives the BMC up. */
const GIVES_UP: ReadonlySet<string> = new Set([
  ...["panic", "taken-over", "failed", "bring-up-failed", "quiet"],
]);

/** The host gives up all that is under way. */
export function endsAll(event: On<"hostLife"> | On<"answer">): boolean {
  return "what" in event ? GIVES_UP.has(event.what) : givesUp(event);
}

/** For so many responses the host still waits; `gaveUpUs`: when it last gave up all. */
export function awaited(transfers: OpenTransfers, gaveUpUs: number, nowUs: number): number {
  let count = 0;
  for (const { startUs, sentUs, patienceUs } of transfers.open) {
    // What the BMC has said since of its time goes for those before it, too.
    const patient = nowUs - sentUs < Math.min(patienceUs, transfers.patienceUs);
    // One that was just being written when all was given up is written to its end, and that is all.
    if (startUs > gaveUpUs && patient) count++;
  }
  return count;
}
