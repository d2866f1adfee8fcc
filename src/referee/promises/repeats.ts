import { commandInfo, commandName } from "../../ipmi/command-table.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN } from "../common/our-own.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import type { Transfer } from "../transfer.ts";

/** What adds up is not sent twice. */
export const nothingTwice: CheckedRule = {
  id: "STACK-15",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A command of which two do more than one, or of which nobody knows, is not sent again once the " +
    "BMC may have it whole.",
  instead:
    "The stack ends the request with a code of its own, and does not send the command again.",
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new SendsOnce(context) : {}),
};

/** A request that must not go twice, from its send on. */
interface Once {
  readonly message: Uint8Array;
  whole: boolean;
}

/** By the stack's own word whose request goes out; whoever sends by it again says so again. */
class SendsOnce extends RuleAutomaton {
  readonly sent = new Few<Once>();
  sending = 0;
  /** The transfer that ended last. */
  serial = 0;
  panicked = false;

  send({ id, message }: On<"send">): void {
    // The last words of a host that crashes may well come twice.
    if (this.panicked) return;
    const [netFnLun = 0, cmd = 0] = message;
    this.sending = id;
    this.sent.delete(id);
    const repeatable = commandInfo(netFnLun >> 2, cmd)?.repeatable ?? false;
    if (!repeatable) this.sent.set(id, { message, whole: false });
  }

  answer({ id }: On<"answer">): void {
    // What is given up as its request is answered ends only with the next.
    const { transfer } = this.host;
    const open = transfer.sent && transfer.serial !== this.serial;
    if (open && (transfer.tag || this.sending) === id) this.#went(transfer);
    this.sent.delete(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "start" || what === "inserted") this.panicked = false;
    if (what !== "panic") return;
    this.panicked = true;
    this.sent.clear();
  }

  transfer(transfer: Transfer): void {
    this.serial = transfer.serial;
    this.#went(transfer);
  }

  #went(transfer: Transfer): void {
    const { netFn, cmd, request, sent, again } = transfer;
    const once = this.sent.get(transfer.tag || this.sending);
    if (once === undefined || !sent || again || !request.equals(once.message)) return;
    if (once.whole) this.report(`${commandName(netFn, cmd)} was sent a second time`);
    once.whole = true;
  }
}
