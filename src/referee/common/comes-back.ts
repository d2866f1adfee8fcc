import type { Automaton } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { seconds } from "../text.ts";

/** A host without any interrupt comes back in this time at the latest. */
const POLL_WAIT_US = 60_000_000;
/** A BMC that acts later than this may find that the host has given up. */
const PROMPT_US = 1_000_000;

/**
 * A host that left a transfer alone although the BMC had acted promptly. Only the BMC's own face
 * shows that: from the host's side a transfer left alone may be one that was given up.
 */
export function comesBack({ head, host, report }: Context, interrupts: boolean): Automaton {
  if (!head.taps.bmc) return {};
  let line = false;
  let absent = false;
  /** The host's accesses when the BMC acted last. */
  let actedAt = -1;
  const acts = ({ t }: { readonly t: number }): void => {
    if (t - host.lastAccessUs <= PROMPT_US) actedAt = host.accesses;
  };
  return {
    irq: () => {
      line = true;
    },
    bmcRead: acts,
    bmcWrite: acts,
    answer: () => {
      actedAt = -1;
    },
    hostLife: ({ what }) => {
      actedAt = -1;
      if (what === "start" || what === "inserted" || what === "quiet-end") absent = false;
      if (what === "removed" || what === "down" || what === "quiet") absent = true;
    },
    guest: ({ what }) => {
      if (what === "panic") absent = true;
    },
    pause: (us) => {
      if (line !== interrupts || absent || host.accesses - 1 !== actedAt) return;
      if (!interrupts && us < POLL_WAIT_US) return;
      const why = interrupts
        ? "as if its interrupt could not be lost"
        : "with no interrupt to come";
      report(`a transfer was left alone for ${seconds(us)} ${host.place}, ${why}`);
    },
  };
}
