import { assert } from "../assert.ts";
import { TELLABLE } from "../trace/event-shapes.ts";
import type { TraceEvent } from "../trace/events.ts";
import { TraceOrder } from "../trace/order.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Findings } from "./findings.ts";
import { Follower } from "./follower.ts";
import { MisplacedEvent } from "./misplaced-event.ts";
import type { Protocol } from "./protocol.ts";
import type { RefereeHead, Rule } from "./rule.ts";
import { protocols, rules } from "./rulebook.ts";
import { fault, type Unseen, type Verdict } from "./verdict.ts";
import { Stretch } from "./witness/stretch.ts";

/**
 * Judges a match while it happens, or afterwards: it takes the events in order. Evidence is judged from
 * the first beginning that it shows, and after each of its gaps from the next one.
 */
export class Referee implements TraceSink {
  readonly #head: RefereeHead;
  readonly #book: ReadonlySet<Rule>;
  readonly #protocol: Protocol;
  readonly #findings = new Findings();
  readonly #order = new TraceOrder();
  #follower: Follower;
  /** Set where not all that follows may be judged. */
  #stretch: Stretch | undefined;
  #events = 0;
  /** In the stretches before. */
  #transactions = 0;
  /** The same of what the rules heard, by the rule's id. */
  readonly #heard = new Map<string, number>();

  /** `book`: those of the rules by which the match is judged. */
  constructor(head: RefereeHead, book: readonly Rule[] = rules) {
    const protocol = protocols.find(({ name }) => name === head.interface);
    assert(protocol !== undefined, "the interface is one that the referee can follow");
    this.#head = head;
    this.#protocol = protocol;
    this.#book = new Set(book);
    this.#follower = this.#follow(head, 0);
    if (head.witness?.middle === true) this.#stretch = new Stretch(protocol.begins, head.taps);
  }

  /** Takes the next event. Throws `MisplacedEvent` when its number or its time goes back. */
  event(event: TraceEvent): void {
    const misplaced = this.#order.take(event);
    if (misplaced !== undefined) throw new MisplacedEvent(misplaced);
    this.#events++;
    if (event.e === "gap") this.#beginsAgain();
    else if (this.#stretch === undefined) this.#follower.event(event);
    else for (const each of this.#stretch.admits(event)) this.#follower.event(each);
  }

  /** What can be said of the trace so far; final after its `end` event. */
  verdict(): Verdict {
    const violations = this.#findings.violations;
    const { automata, transactions, open, ended } = this.#follower;
    return {
      fault: fault(violations),
      violations,
      notes: this.#findings.notes,
      rulesChecked: automata.size,
      transactions: this.#transactions + transactions,
      events: this.#events,
      open,
      ended,
      ...(this.#head.witness === undefined ? {} : this.#sight()),
    };
  }

  /** What the rules remember by now, by the rule's id: the fields of those that have a memory. */
  memory(): ReadonlyMap<string, object> {
    return this.#follower.memory();
  }

  /** After a gap nothing is known of what was before. */
  #beginsAgain(): void {
    const { taps, witness } = this.#head;
    const head = { ...this.#head, witness: { tells: TELLABLE, ...witness, middle: true } };
    this.#transactions += this.#follower.transactions;
    for (const [rule, { heard }] of this.#follower.sights) {
      this.#heard.set(rule, (this.#heard.get(rule) ?? 0) + heard.times);
    }
    this.#follower = this.#follow(head, this.#follower.transfers);
    this.#stretch = new Stretch(this.#protocol.begins, taps);
  }

  #follow(head: RefereeHead, transfers: number): Follower {
    const whole = { findings: this.#findings, order: this.#order, transfers };
    return new Follower(head, this.#protocol, this.#book, whole);
  }

  /** What became of the rules, where a witness did not see all. */
  #sight(): Pick<Verdict, "looks" | "unseen"> {
    const looks: Record<string, number> = {};
    const unseen: Unseen[] = [];
    for (const [rule, { unseen: why, heard }] of this.#follower.sights) {
      if (why !== undefined) unseen.push({ rule, why });
      else looks[rule] = (this.#heard.get(rule) ?? 0) + heard.times;
    }
    return { looks, unseen };
  }
}
