import { NetFn } from "../../ipmi/command-table.ts";
import { sendMessage } from "../../ipmi/commands/app/messaging.ts";
import { decodeIpmb } from "../../ipmi/ipmb.ts";
import type { On } from "../automaton.ts";
import { isStacks, OUR_OWN } from "../common/our-own.ts";
import { decoded } from "../decoded.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";

/** A response that comes late must not be another request's. */
export const numbersInTurn: CheckedRule = {
  id: "STACK-39",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A sequence number that a request to a controller behind the BMC had is given to none of the next " +
    "sixteen, while most numbers are free.",
  instead: "The stack gives the sequence numbers in turn.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new GivesInTurn(context) : {}),
};

/** Numbers given in turn do not come again within so many requests ... */
const APART = 16;
/** ... while fewer than these are open. @see IPMI 2.0 §7.3 */
const CROWD = 32;

class GivesInTurn extends RuleAutomaton {
  /** Users' requests that are open: the how many-th each is. */
  readonly order = new Few<number>();
  readonly usersOwn = new FewNumbers();
  readonly sent = new FewNumbers();
  count = 0;
  /** Until then many were open. */
  crowdedTo = Number.NEGATIVE_INFINITY;
  /** Of each number, which request had it last. */
  readonly last = new Map<number, number>();

  request({ id, user, netFn, cmd }: On<"request">): void {
    if (isStacks(user)) return;
    this.order.set(id, ++this.count);
    if (this.order.size >= CROWD) this.crowdedTo = this.count + APART;
    if (netFn === NetFn.App && cmd === sendMessage.cmd) this.usersOwn.add(id);
  }

  send({ id, message }: On<"send">): void {
    const at = this.order.get(id);
    const bridges = message[0] === NetFn.App << 2 && message[1] === sendMessage.cmd;
    if (!bridges || at === undefined || this.usersOwn.has(id) || this.sent.has(id)) return;
    this.sent.add(id);
    // A broadcast has an address of its own before the message.
    const frame = decoded(() => decodeIpmb(message.subarray(message[3] === 0 ? 4 : 3)));
    if (frame === undefined) return;
    const { sequence } = frame;
    const before = this.last.get(sequence);
    this.last.set(sequence, at);
    if (before === undefined || at - before >= APART || at <= this.crowdedTo) return;
    this.report(`request ${id} has the sequence number ${sequence} of one shortly before it`);
  }

  refused({ id }: On<"refused">): void {
    this.#forget(id);
  }

  answer({ id }: On<"answer">): void {
    this.#forget(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "start" && what !== "panic") return;
    this.order.clear();
    this.usersOwn.clear();
    this.sent.clear();
    this.last.clear();
  }

  #forget(id: number): void {
    this.order.delete(id);
    this.usersOwn.delete(id);
    this.sent.delete(id);
  }
}
