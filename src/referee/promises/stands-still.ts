import type { On } from "../automaton.ts";
import { isStacks, OUR_OWN } from "../common/our-own.ts";
import { requestText } from "../common/waiting.ts";
import { Few, FewNumbers } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";

/** Whoever waits for the wire gets it when nobody else has it. */
export const goesOn: CheckedRule = {
  id: "STACK-36",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "While a request of a user waits to be sent, the interface does not stand still: with nothing on " +
    "the wire the next one goes within three seconds.",
  instead: "The stack sends the next request at once, within three seconds at most.",
  needs: ["the beginning"],
  observable: true,
  automaton: (context) => (context.head.host === OUR_OWN ? new GoesOn(context) : {}),
};

/** Longer than each pause of the stack's own, and than a bus that stands holds its processor. */
const STILL_MAX_US = 3_000_000;
/** What these answer, their transfer is over; what others do may be on the wire yet. */
const WIRES: ReadonlySet<string> = new Set(["bmc", "timer", "host-interface"]);
const ENDS: ReadonlySet<string> = new Set([
  ...["start", "inserted", "removed", "shutdown", "down", "panic"],
]);

class GoesOn extends RuleAutomaton {
  /** Users' requests that were accepted, and not sent yet. */
  readonly waiting = new Few<On<"request">>();
  readonly onWire = new FewNumbers();
  /**
   * A transfer may run whose request was answered from elsewhere: nobody says when it ends. One that
   * goes alone is over when the next is sent.
   */
  orphan = false;
  /** Since when somebody waits and the wire rests; -1 that is not so. */
  sinceUs = -1;

  request(event: On<"request">): void {
    this.#judge(event.t);
    if (!isStacks(event.user)) this.waiting.set(event.id, event);
    this.#look(event.t);
  }

  refused({ id, t }: On<"refused">): void {
    this.#judge(t);
    this.waiting.delete(id);
    this.#look(t);
  }

  send({ id, t }: On<"send">): void {
    this.#judge(t);
    this.waiting.delete(id);
    this.onWire.add(id);
    this.#alone();
    this.#look(t);
  }

  received({ id, t }: On<"received">): void {
    this.#judge(t);
    this.onWire.delete(id);
    this.#alone();
    this.#look(t);
  }

  answer({ id, maker, t }: On<"answer">): void {
    this.#judge(t);
    this.waiting.delete(id);
    if (this.onWire.delete(id) && !WIRES.has(maker)) this.orphan = true;
    this.#look(t);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    this.#judge(t);
    if (ENDS.has(what)) {
      this.waiting.clear();
      this.onWire.clear();
      this.orphan = false;
    }
    // Whatever it says of itself, it does something.
    this.sinceUs = -1;
    this.#look(t);
  }

  /** Something went over the wire, whoever tells of it. */
  transfer({ endUs }: On<"transfer">): void {
    if (this.sinceUs !== -1) this.sinceUs = endUs;
  }

  user({ t }: On<"user">): void {
    this.#judge(t);
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  /** On BT several are on their way at once. */
  #alone(): void {
    if (this.head.interface !== "bt") this.orphan = false;
  }

  #look(nowUs: number): void {
    const rests = this.waiting.size > 0 && this.onWire.size === 0 && !this.orphan;
    if (!rests) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = nowUs;
  }

  #judge(nowUs: number): void {
    const { sinceUs } = this;
    const [first] = this.waiting.values;
    if (sinceUs === -1 || first === undefined || nowUs - sinceUs < STILL_MAX_US) return;
    this.sinceUs = -1;
    const us = seconds(nowUs - sinceUs);
    this.report(`${requestText(first)} waits, and for ${us} nothing went`, undefined, sinceUs);
    // Each standstill is told of once.
    this.waiting.clear();
  }
}
