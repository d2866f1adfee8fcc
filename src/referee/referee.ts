import { assert } from "../assert.ts";
import { TELLABLE } from "../trace/event-shapes.ts";
import type { TraceEvent } from "../trace/events.ts";
import { TraceOrder } from "../trace/order.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Findings } from "./findings.ts";
import { type Ended, Follower, type Scene } from "./follower.ts";
import { MisplacedEvent } from "./misplaced-event.ts";
import type { Protocol } from "./protocol.ts";
import { protocols } from "./protocols.ts";
import type { RefereeHead, Rule } from "./rule.ts";
import { rules } from "./rulebook.ts";
import { fault, type Unseen, type Verdict } from "./verdict.ts";
import { Stretch } from "./witness/stretch.ts";

/**
 * Judges a match while it happens, or afterwards: it takes the events in order. Evidence is judged from
 * the first beginning that it shows, and after each of its gaps from the next one.
 */
export class Referee implements TraceSink {
  private readonly _head: RefereeHead;
  private readonly _book: ReadonlySet<Rule>;
  private readonly _protocol: Protocol;
  private readonly _ended: Ended | undefined;
  private readonly _findings = new Findings();
  private readonly _order = new TraceOrder();
  private _follower: Follower;
  /** Set where not all that follows may be judged. */
  private _stretch: Stretch | undefined;
  /** The rules have heard of something since the last gap. */
  private _follows = false;
  private _events = 0;
  /** In the stretches before. */
  private _transactions = 0;
  /** The same of what the rules heard, by the rule's id. */
  private readonly _heard = new Map<string, number>();

  /**
   * `book`: those of the rules by which the match is judged. `ended` is told of each transfer that comes
   * to its end; the object is used again for another one.
   */
  constructor(head: RefereeHead, book: readonly Rule[] = rules, ended?: Ended) {
    this._ended = ended;
    const protocol = protocols.find(({ name }) => name === head.interface);
    assert(protocol !== undefined, "the interface is one that the referee can follow");
    this._head = head;
    this._protocol = protocol;
    this._book = new Set(book);
    this._follower = this.#follow(head, 0);
    if (head.witness?.middle === true) this._stretch = new Stretch(protocol.begins, head.taps);
  }

  /** Takes the next event. Throws `MisplacedEvent` when its number or its time goes back. */
  event(event: TraceEvent): void {
    const misplaced = this._order.take(event);
    if (misplaced !== undefined) throw new MisplacedEvent(misplaced);
    this._events++;
    if (event.e === "gap") this.#beginsAgain();
    else if (this._stretch === undefined) this._follower.event(event);
    else for (const each of this._stretch.admits(event)) this.#follows(each);
  }

  /** Where the match stands after the last event. */
  get scene(): Scene {
    return this._follower.scene;
  }

  /** How many entries the verdict has by now, violations and notes. */
  get found(): number {
    return this._findings.count;
  }

  /** What can be said of the trace so far; final after its `end` event. */
  verdict(): Verdict {
    const violations = this._findings.violations;
    const { automata, transactions, open, ended } = this._follower;
    return {
      fault: fault(violations),
      violations,
      notes: this._findings.notes,
      rulesChecked: automata.size,
      transactions: this._transactions + transactions,
      events: this._events,
      open,
      ended,
      ...(this._head.witness === undefined ? {} : this.#sight()),
    };
  }

  /** What the rules remember by now, by the rule's id: the fields of those that have a memory. */
  memory(): ReadonlyMap<string, object> {
    return this._follower.memory();
  }

  #follows(event: TraceEvent): void {
    this._follows = true;
    this._follower.event(event);
  }

  /** After a gap nothing is known of what was before. */
  #beginsAgain(): void {
    // Where everything is lost again and again, nobody has heard of anything since the last time.
    if (this._stretch !== undefined && !this._follows) {
      this._stretch = new Stretch(this._protocol.begins, this._head.taps);
      return;
    }
    this._follows = false;
    const { taps, witness } = this._head;
    const head = { ...this._head, witness: { tells: TELLABLE, ...witness, middle: true } };
    this._transactions += this._follower.transactions;
    for (const [rule, { heard }] of this._follower.sights) {
      this._heard.set(rule, (this._heard.get(rule) ?? 0) + heard.times);
    }
    this._follower = this.#follow(head, this._follower.transfers);
    this._stretch = new Stretch(this._protocol.begins, taps);
  }

  #follow(head: RefereeHead, transfers: number): Follower {
    const whole = { findings: this._findings, order: this._order, transfers, ended: this._ended };
    return new Follower(head, this._protocol, this._book, whole);
  }

  /** What became of the rules, where a witness did not see all. */
  #sight(): Pick<Verdict, "looks" | "unseen"> {
    const looks: Record<string, number> = {};
    const unseen: Unseen[] = [];
    for (const [rule, { unseen: why, heard }] of this._follower.sights) {
      if (why !== undefined) unseen.push({ rule, why });
      else looks[rule] = (this._heard.get(rule) ?? 0) + heard.times;
    }
    return { looks, unseen };
  }
}
