import { NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import { getBmcGlobalEnables } from "../../ipmi/commands/app/messaging.ts";
import type { On } from "../automaton.ts";
import { AT_ONCE_US, isStacks, OUR_OWN, OWN_USER } from "../common/our-own.ts";
import { requestText } from "../common/waiting.ts";
import { FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** While the BMC gets other firmware, and when it has it. */
export const firmware: readonly CheckedRule[] = [
  {
    id: "STACK-37",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "While a user updates the BMC's firmware, half a minute from his last command for it, the host " +
      "asks the BMC on its own account neither who it is nor for its global enables.",
    instead: "The stack leaves both questions until half a minute after the last firmware command.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new IsNotDisturbed(context) : {}),
  },
  {
    id: "STACK-38",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A BMC that has other firmware is asked for its channels anew, before users are served again; " +
      "what it was asked of them before is waited for.",
    instead:
      "The stack waits for what it asked before, asks for the channels, and then serves the " +
      "users.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new ScansAnew(context) : {}),
  },
];

/** Half a minute, less what the clocks differ. */
const MAINTENANCE_US = 29_000_000;

class IsNotDisturbed extends RuleAutomaton {
  /** When a user sent his last command for the firmware; and who asks another controller next. */
  lastUs = Number.NEGATIVE_INFINITY;
  readonly bridges = new Set<string>();
  readonly users = new FewNumbers();
  /** Users are served since the host said something of itself last: it is not setting the BMC up. */
  served = false;

  user({ user, what }: On<"user">): void {
    if (what === "bridges") this.bridges.add(user);
  }

  request(event: On<"request">): void {
    const { id, user, netFn, cmd, t } = event;
    const bridged = this.bridges.delete(user);
    if (!isStacks(user)) {
      this.users.add(id);
      if (netFn === NetFn.Firmware && !bridged) this.lastUs = t;
      return;
    }
    const looks =
      (user === "identity" && cmd === getDeviceId.cmd) ||
      (user === OWN_USER && cmd === getBmcGlobalEnables.cmd);
    const us = t - this.lastUs;
    if (!looks || netFn !== NetFn.App || !this.served || us >= MAINTENANCE_US) return;
    this.report(`${requestText(event)} came ${seconds(us)} after a command for the firmware`);
  }

  send({ id }: On<"send">): void {
    if (this.users.has(id)) this.served = true;
  }

  answer({ id }: On<"answer">): void {
    this.users.delete(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.served = false;
    if (what === "start") this.lastUs = Number.NEGATIVE_INFINITY;
  }
}

/** In Get Device ID's data. @see IPMI 2.0 §20.1 */
const VERSION_AT = 4;

class ScansAnew extends RuleAutomaton {
  readonly asked = new FewNumbers();
  readonly users = new FewNumbers();
  /** Channels can be asked for since IPMI 1.5. */
  knowsChannels = false;
  /** The question for a channel that is open; -1 none is. */
  openId = -1;
  /** Since when they are to be asked for; -1 they are not. */
  dueUs = -1;

  request({ id, user, netFn, cmd }: On<"request">): void {
    if (user === "channels") {
      this.dueUs = -1;
      this.openId = id;
    }
    if (user === "identity" && netFn === NetFn.App && cmd === getDeviceId.cmd) this.asked.add(id);
    if (!isStacks(user)) this.users.add(id);
  }

  send({ id, t }: On<"send">): void {
    if (this.dueUs === -1 || this.openId !== -1 || !this.users.has(id)) return;
    if (t - this.dueUs <= AT_ONCE_US) return;
    const us = seconds(t - this.dueUs);
    this.report(
      `users are served ${us} after the firmware changed, and no channel was asked for`,
      undefined,
      this.dueUs,
    );
    this.dueUs = -1;
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    this.users.delete(id);
    if (id === this.openId) {
      this.openId = -1;
      if (this.dueUs !== -1) this.dueUs = t;
    }
    if (!this.asked.delete(id) || cc !== 0 || maker !== "bmc") return;
    const version = data[VERSION_AT] ?? 0;
    const major = version & 0x0f;
    this.knowsChannels = major > 1 || (major === 1 && version >> 4 >= 5);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "recovery") return;
    if (what === "start") this.openId = -1;
    this.dueUs = what === "firmware-changed" && this.knowsChannels ? t : -1;
  }
}
