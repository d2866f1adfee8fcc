import { commandName, NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import {
  getBtInterfaceCapabilities,
  getSystemInterfaceCapabilities,
} from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN, OWN_USERS } from "../common/our-own.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";

/** Nobody is set up, or asked for news, before it is known that he is there. */
export const whoFirst: CheckedRule = {
  id: "STACK-49",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "From its start, and from when the BMC is given up or reset, the stack asks nothing on its own account " +
    "but who the BMC is, and how its interface is spoken to, until that is answered.",
  instead:
    "The stack sends Get Device ID, and what its interface needs, and lets all else wait for the " +
    "answer.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new AsksWhoFirst(context) : {}),
};

const NOT_KNOWN: ReadonlySet<string> = new Set(["start", "failed", "bring-up-failed", "quiet"]);
const OVER: ReadonlySet<string> = new Set(["panic", "shutdown", "removed", "down"]);
/** Who the BMC is, and what has to be known for that. */
const FIRST: ReadonlySet<number> = new Set([
  ...[getDeviceId.cmd, getBtInterfaceCapabilities.cmd, getSystemInterfaceCapabilities.cmd],
]);

class AsksWhoFirst extends RuleAutomaton {
  /** It is not known who the BMC is. */
  unknown = false;
  /** The stack's questions for that which are open. */
  readonly asked = new FewNumbers();

  request({ id, user, netFn, cmd }: On<"request">): void {
    if (!this.unknown || !OWN_USERS.has(user)) return;
    if (netFn === NetFn.App && cmd === getDeviceId.cmd) this.asked.add(id);
    if (netFn === NetFn.App && FIRST.has(cmd)) return;
    this.report(`${commandName(netFn, cmd)} is asked, and who the BMC is is not known yet`);
  }

  answer({ id, cc }: On<"answer">): void {
    if (this.asked.delete(id) && cc === Cc.Ok) this.unknown = false;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (NOT_KNOWN.has(what)) {
      this.unknown = true;
      this.asked.clear();
    }
    if (OVER.has(what)) this.unknown = false;
  }
}
