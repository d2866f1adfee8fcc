import { NetFn } from "../../ipmi/command-table.ts";
import { getBtInterfaceCapabilities } from "../../ipmi/commands/app/system-interface.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN } from "../common/our-own.ts";
import { givesUp } from "../common/waiting.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** A BMC that is away for less than a host's patience costs nobody a request. */
export const givesTime: CheckedRule = {
  id: "STACK-14",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A BMC is given up only when it has had its five seconds, or what it stated itself: whoever is " +
    "in disorder for less costs nobody a request.",
  instead:
    "The stack goes on to try for five seconds, or for as long as the BMC stated, before it " +
    "gives the BMC up.",
  presumes: "a right BMC",
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new GivesTime(context) : {}),
};

/** Less one pause between two tries. */
const PATIENCE_US = 4_750_000;
/** The machine's clock is read before the trace's. */
const SLACK_US = 50_000;
/** All who are told of it are told at once. */
const AT_ONCE_US = 1_000;
/** In Get BT Interface Capabilities' response, after the completion code. @see IPMI 2.0 §22.10 */
const STATED_AT = 3;
const GIVES_UP: ReadonlySet<string> = new Set(["failed", "bring-up-failed"]);

class GivesTime extends RuleAutomaton {
  /** When each request that is open was sent. */
  readonly sent = new Few<number>();
  /** The same of those whose users had their answer, and whose transfers may run yet. */
  readonly orphans = new Few<number>();
  patienceUs = PATIENCE_US;
  judgedUs = -1;

  send({ id, t }: On<"send">): void {
    if (!this.sent.has(id)) this.sent.set(id, t);
  }

  received({ id }: On<"received">): void {
    this.sent.delete(id);
    this.orphans.delete(id);
  }

  transfer(transfer: Transfer): void {
    if (!transfer.passesFor(NetFn.App, getBtInterfaceCapabilities.cmd)) return;
    const stated = transfer.cc === Cc.Ok ? transfer.data(STATED_AT) : 0;
    if (stated > 0) this.patienceUs = Math.min(PATIENCE_US, stated * 1_000_000 - SLACK_US);
  }

  answer(event: On<"answer">): void {
    const { id, maker, t } = event;
    // Whose own time was over is the one for whom the BMC is given up.
    const sentUs = this.sent.get(id) ?? t;
    if (maker === "timer" && t - sentUs >= this.patienceUs) this.judgedUs = t;
    const judged = this.judgedUs !== -1 && t - this.judgedUs <= AT_ONCE_US;
    if (givesUp(event) && !judged && this.sent.has(id)) {
      // All that is under way ends at once; it is the first of them that waited.
      this.judgedUs = t;
      const us = t - Math.min(...this.sent.values, ...this.orphans.values);
      if (us < this.patienceUs) this.#hasty(us, t);
      this.orphans.clear();
    }
    // One that the stack answers in between, or with those who had their time, is on the wire yet.
    const early = maker === "host-handler" || (givesUp(event) && judged);
    if (early && this.sent.has(id)) this.orphans.set(id, sentUs);
    this.sent.delete(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    // That the BMC is given up is said before those are answered whom it concerns.
    if (what !== "recovery" && !GIVES_UP.has(what)) this.orphans.clear();
  }

  /** The time that the BMC is to have had may have begun before this request: with others, or none. */
  #hasty(us: number, nowUs: number): void {
    const startUs = nowUs - this.patienceUs;
    this.report(`the BMC was given up after ${seconds(us)}`, undefined, undefined, { startUs });
  }
}
