import { commandName, NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import {
  getBtInterfaceCapabilities,
  getSystemInterfaceCapabilities,
} from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { IDENTITY_USER, OUR_OWN, OWN_USERS } from "../common/our-own.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** Nobody is set up, or asked for news, before it is known that he is there. */
export const whoFirst: readonly CheckedRule[] = [
  {
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
  },
  {
    id: "STACK-53",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A BMC that answers, and does not say who it is, is asked that again half a second later, and not " +
      "before: one that starts has its time.",
    instead: "The stack waits for half a second before it sends Get Device ID again.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new AsksAgainLater(context) : {}),
  },
];

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

/** Half a second, less what clocks may differ. */
const PAUSE_US = 450_000;

class AsksAgainLater extends RuleAutomaton {
  readonly asked = new FewNumbers();
  /** When the BMC answered last, and did not say who it is; -1 it did. */
  refusedUs = -1;

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    if (user !== IDENTITY_USER || netFn !== NetFn.App || cmd !== getDeviceId.cmd) return;
    this.asked.add(id);
    const us = t - this.refusedUs;
    if (this.refusedUs !== -1 && us < PAUSE_US) {
      this.report(`who the BMC is is asked again ${seconds(us)} after it did not say`);
    }
    this.refusedUs = -1;
  }

  answer({ id, cc, maker, t }: On<"answer">): void {
    if (this.asked.delete(id) && maker === "bmc" && cc !== Cc.Ok) this.refusedUs = t;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.refusedUs = -1;
  }
}
