import { NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getMessageFlags,
  MessageFlag,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN, OWN_USER } from "../common/our-own.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";

/** What the BMC has to say is not thrown away. */
export const nothingUnread: CheckedRule = {
  id: "STACK-47",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A pre-timeout's flag that came up since the stack was up first is cleared only when it was read: " +
    "no return of the BMC is a reason to throw it away.",
  instead:
    "The stack reads the flags, tells the users of the pre-timeout, and then clears its flag.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new ClearsWhatWasRead(context) : {}),
};

class ClearsWhatWasRead extends RuleAutomaton {
  /** The stack's own questions for the flags that are open. */
  readonly asked = new FewNumbers();
  /** It was up since it started: what came before is nobody's news. */
  up = false;
  /** The flag was read, and not cleared since. */
  read = false;

  request({ id, user, netFn, cmd, data }: On<"request">): void {
    if (user !== OWN_USER || netFn !== NetFn.App) return;
    if (cmd === getMessageFlags.cmd) this.asked.add(id);
    const clears = ((data[0] ?? 0) & MessageFlag.WatchdogPretimeout) !== 0;
    if (cmd !== clearMessageFlags.cmd || !clears) return;
    if (this.up && !this.read) this.report("the pre-timeout's flag is cleared, and was not read");
    this.read = false;
  }

  answer({ id, cc, data }: On<"answer">): void {
    if (!this.asked.delete(id) || cc !== Cc.Ok) return;
    if (((data[0] ?? 0) & MessageFlag.WatchdogPretimeout) !== 0) this.read = true;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "up") this.up = true;
    if (what !== "start") return;
    this.up = false;
    this.read = false;
    this.asked.clear();
  }
}
