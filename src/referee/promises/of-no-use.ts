import { NetFn } from "../../ipmi/command-table.ts";
import {
  getMessage,
  getMessageFlags,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { isStacks, OUR_OWN, OWN_USER } from "../common/our-own.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** Attention that brings nothing must not have the wire to itself. */
export const leavesUselessAttention: CheckedRule = {
  id: "STACK-52",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "Where the BMC's flags were asked for and nothing came of it, they are asked for again only after " +
    "a pause of 10 ms, however long its attention stands.",
  instead: "The stack leaves attention that is of no use alone for 10 ms before it asks again.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new PausesAfterNothing(context) : {}),
};

/** The pause is one of 10 ms; less what clocks may differ. */
const PAUSE_US = 8_000;
const NEWS: ReadonlySet<number> = new Set([getMessage.cmd, readEventMessageBuffer.cmd]);

class PausesAfterNothing extends RuleAutomaton {
  /** The stack's own questions for what the BMC has to say that are open, by their command. */
  readonly asked = new Few<number>();
  /** When the round's last answer came, of one that has brought nothing; -1 in none such. */
  nothingUs = -1;

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    if (!isStacks(user)) return;
    const flags = cmd === getMessageFlags.cmd;
    const ofRound = user === OWN_USER && netFn === NetFn.App && (flags || NEWS.has(cmd));
    // Whoever finds the BMC anew begins anew.
    if (user !== OWN_USER) this.nothingUs = -1;
    if (!ofRound) return;
    this.asked.set(id, cmd);
    const us = t - this.nothingUs;
    if (flags && this.nothingUs !== -1 && us < PAUSE_US) {
      this.report(`the flags are asked for again after ${seconds(us)}, and nothing had come of it`);
    }
    if (flags) this.nothingUs = -1;
  }

  answer({ id, cc, t }: On<"answer">): void {
    const cmd = this.asked.get(id);
    this.asked.delete(id);
    if (cmd === getMessageFlags.cmd) this.nothingUs = t;
    else if (cmd !== undefined && this.nothingUs !== -1) this.nothingUs = cc === Cc.Ok ? -1 : t;
  }

  hostLife(): void {
    this.asked.clear();
    this.nothingUs = -1;
  }
}
