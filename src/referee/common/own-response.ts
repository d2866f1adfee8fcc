import type { Automaton } from "../automaton.ts";
import type { Context } from "../rule.ts";

/**
 * A response that was given as that to another request than it answers: told by the BMC's own face, or
 * from what the host took where that face is not tapped.
 */
export function ownResponse({ bmc, head, faults, report }: Context): Automaton {
  return {
    bmcResponse: ({ tag }) => {
      const asked = bmc.exchange.tag;
      if (tag === 0 || tag === asked) return;
      const present = asked === 0 ? "one it has not read yet" : `request ${asked}`;
      report(`the response to request ${tag} was given as that to ${present}`);
    },
    received: ({ id, tag }) => {
      if (head.taps.bmc || faults.wireActive || tag === 0 || tag === id) return;
      report(`the response to request ${tag} was given as that to request ${id}`);
    },
  };
}
