import type { On } from "../automaton.ts";
import { OUR_OWN } from "../common/our-own.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** Who may go on goes on. */
export const goesOn: CheckedRule = {
  id: "STACK-40",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "On registers a transfer in which nothing is wrong, and in which it is the host's turn, is gone on with, not begun again.",
  instead: "The stack makes the next access of the transfer that is under way.",
  presumes: "a right BMC",
  observable: true,
  automaton: (context) => {
    const { host, interface: on } = context.head;
    return host === OUR_OWN && (on === "kcs" || on === "smic") ? new GoesOn(context) : {};
  },
};

/** Once it may be that somebody came between. */
const BROKEN_OFF_MAX = 1;
/** Whoever is given more than the longest response has nothing to wait for. */
const RESPONSE_BYTES_MAX = 255;

class GoesOn extends RuleAutomaton {
  /** In a row. */
  brokenOff = 0;
  changes = 0;

  transfer(transfer: Transfer): void {
    const { faults, host } = this;
    const disturbed = faults.wireActive || faults.wireChanges !== this.changes;
    this.changes = faults.wireChanges;
    if (transfer.complete) this.brokenOff = 0;
    const us = transfer.endUs - transfer.startUs;
    const endless = transfer.response.length > RESPONSE_BYTES_MAX;
    if (!transfer.abandoned || disturbed || endless || us >= transfer.patienceUs) return;
    if (host.turn !== "host" || this.brokenOff++ < BROKEN_OFF_MAX) return;
    this.report(`${transferText(transfer)} was broken off ${host.place}, and nothing was wrong`);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.brokenOff = 0;
  }
}
