import { Cc } from "../../ipmi/completion.ts";
import { GIVEN_UP, OUR_OWN } from "../common/our-own.ts";
import type { CheckedRule } from "../rule.ts";
import { hex } from "../text.ts";

/** What each part of the host may say of a request that the BMC has not answered. */
const CODES: Readonly<Record<string, ReadonlySet<number>>> = {
  timer: new Set([Cc.Timeout]),
  "host-interface": new Set([
    ...[GIVEN_UP, Cc.RequestTruncated, Cc.RequestLengthExceeded, Cc.Unspecified],
    Cc.ResponseUnavailable,
  ]),
  "host-handler": new Set([
    ...[Cc.NodeBusy, Cc.DestinationUnavailable, Cc.RequestLengthExceeded, Cc.Unspecified],
    Cc.ResponseUnavailable,
  ]),
};

/** Who is answered by the host itself can tell why by the code. */
export const ownCodes: CheckedRule = {
  id: "STACK-51",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A code that the host makes is one of its maker's: C3h the timer's alone, 82h of an interface that is " +
    "given up, C0h of one that is left alone; none of them is a success.",
  instead: "The stack gives the code that stands for what went wrong, from the part that saw it.",
  observable: true,
  automaton: ({ head, report }) => ({
    answer: ({ cc, maker }) => {
      const own = head.host === OUR_OWN ? CODES[maker] : undefined;
      if (own === undefined || own.has(cc)) return;
      report(`a request was answered ${hex(cc)} by the ${maker}, which has no such code`);
    },
  }),
};
