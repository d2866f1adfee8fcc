import { commandName, NetFn } from "../../ipmi/command-table.ts";
import { coldReset, warmReset } from "../../ipmi/commands/app/device.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN } from "../common/our-own.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { seconds } from "../text.ts";
import { Barred } from "./traffic.ts";

/** A BMC that resets is left alone. */
export const quietAfterReset: CheckedRule = {
  id: "STACK-06",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A reset of the BMC that a user asked for goes alone, and behind it, and nothing else, the host " +
    "leaves the registers alone for the quiet time, all of it.",
  instead:
    "The stack sends the reset with nothing else under way, and touches no register before the " +
    "quiet time is over.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) =>
    new LeavesAlone(context, {
      from: ["quiet"],
      // A host that crashes has no time to wait.
      until: ["quiet-end", "down", "removed", "start", "inserted", "panic"],
      where: "in the quiet time",
    }),
};

/** What the host says of the time that it leaves the BMC alone for. */
const QUIET_FOR = /(\d+) ms$/;

class LeavesAlone extends Barred {
  /** A user's reset, while it is open. */
  readonly resets = new Few<string>();
  /** The one that is on its way. */
  sent = -1;
  /** One that the BMC took, or may have: then the host may leave it alone. */
  done = false;
  /** The BMC took one, and the host has not said yet that it leaves it alone. */
  taken = "";
  quietUs = -1;
  forUs = 0;

  request({ id, user, netFn, cmd }: On<"request">): void {
    const resets = netFn === NetFn.App && (cmd === coldReset.cmd || cmd === warmReset.cmd);
    if (resets && this.head.host === OUR_OWN)
      this.resets.set(id, `${commandName(netFn, cmd)} of ${user}`);
  }

  received({ id, message }: On<"received">): void {
    const reset = this.resets.get(id);
    const own = message[1] === coldReset.cmd || message[1] === warmReset.cmd;
    if (reset === undefined || !own) return;
    this.sent = -1;
    if (message[2] === 0) this.taken = reset;
  }

  answer({ id, cc, maker }: On<"answer">): void {
    // What came may be no right response, and refuses nothing then.
    if (this.resets.delete(id) && maker === "bmc" && cc !== Cc.Ok) this.done = false;
    if (this.sent === id) this.sent = -1;
  }

  send({ id, message }: On<"send">): void {
    const resets = message[1] === coldReset.cmd || message[1] === warmReset.cmd;
    const reset = resets ? this.resets.get(id) : undefined;
    if (this.sent !== -1 && this.sent !== id) {
      this.report(`request ${id} is sent while ${this.resets.get(this.sent)} is on its way`);
    }
    if (reset !== undefined) {
      this.sent = id;
      this.done = true;
    }
    if (this.taken === "") return;
    this.report(`${this.taken} was taken, and the host went on at once`);
    this.taken = "";
  }

  override hostLife(event: On<"hostLife">): void {
    super.hostLife(event);
    const { what, text, t } = event;
    this.taken = "";
    this.sent = -1;
    const ours = this.head.host === OUR_OWN;
    if (what === "quiet" && ours && !this.done) this.report("no reset was sent, or it was refused");
    if (what === "quiet") this.done = false;
    const forUs = Number(QUIET_FOR.exec(text)?.[1] ?? 0) * 1_000;
    if (what === "quiet") Object.assign(this, { quietUs: t, forUs });
    if (what !== "quiet-end" || this.quietUs === -1) return;
    const us = t - this.quietUs;
    if (us < this.forUs) this.report(`the quiet time ended after ${seconds(us)}`);
    this.quietUs = -1;
  }
}
