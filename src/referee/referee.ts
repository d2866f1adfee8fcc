import { assert } from "../assert.ts";
import type { BmcLife, TraceEvent } from "../trace/events.ts";
import { TraceOrder } from "../trace/order.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Automaton, CommonTopics } from "./automaton.ts";
import type { Breaches } from "./breaches.ts";
import { isOwn, requestText, type WaitingRequests } from "./common/waiting.ts";
import { Findings } from "./findings.ts";
import { InjectedFaults } from "./injected-faults.ts";
import { MisplacedEvent } from "./misplaced-event.ts";
import type { Observer } from "./observer.ts";
import type { Severity } from "./party.ts";
import type { Context, RefereeHead, Rule, Stretch } from "./rule.ts";
import { RuleAutomaton } from "./rule-automaton.ts";
import { protocols, rules } from "./rulebook.ts";
import { seconds } from "./text.ts";
import { fault, type Verdict } from "./verdict.ts";
import { tellOfWire } from "./wire-events.ts";

/** The section of a rule that no specification has. */
const PROMISE = "promise of the stack";

/** Judges a match while it happens, or afterwards: it takes the events in order. */
export class Referee implements TraceSink {
  readonly #head: RefereeHead;
  readonly #findings = new Findings();
  readonly #faults: InjectedFaults;
  readonly #breaches: Breaches = { host: 0, bmc: 0 };
  readonly #observer: Observer;
  readonly #requests: WaitingRequests;
  readonly #on: CommonTopics;
  readonly #automata: ReadonlyMap<string, Automaton>;
  #events = 0;
  #transactions = 0;
  #ended = false;
  readonly #order = new TraceOrder();
  #open: readonly string[] = [];

  /** `book`: those of the rules by which the match is judged. */
  constructor(head: RefereeHead, book: readonly Rule[] = rules) {
    this.#head = head;
    // The BMC is judged by what the host saw where its own face is not tapped.
    this.#faults = new InjectedFaults({ host: head.taps.host, bmc: true });
    const protocol = protocols.find(({ name }) => name === head.interface);
    assert(protocol !== undefined, "the interface is one that the referee can follow");
    const chosen = new Set(book);
    const { observer, requests, topics, automata } = protocol.follow({
      head,
      faults: this.#faults,
      breaches: this.#breaches,
      judgedBy: (rule) => chosen.has(rule),
      reporterOf: (rule) => this.#reporter(rule),
    });
    this.#observer = observer;
    this.#requests = requests;
    this.#on = topics;
    this.#automata = automata;
    this.#countTransactions();
    // The rules have heard of a transfer before it tells that the parties are in step.
    topics.transfer.listen((transfer) => this.#faults.settle("host", transfer));
    topics.exchange.listen((exchange) => this.#faults.settle("bmc", exchange));
  }

  /** Takes the next event. Throws `MisplacedEvent` when its number or its time goes back. */
  event(event: TraceEvent): void {
    const misplaced = this.#order.take(event);
    if (misplaced !== undefined) throw new MisplacedEvent(misplaced);
    this.#events++;
    if (!tellOfWire(this.#on, event)) this.#rare(event);
  }

  /** What can be said of the trace so far; final after its `end` event. */
  verdict(): Verdict {
    const violations = this.#findings.violations;
    return {
      fault: fault(violations),
      violations,
      notes: this.#findings.notes,
      rulesChecked: this.#automata.size,
      transactions: this.#transactions,
      events: this.#events,
      open: this.#open,
      ended: this.#ended,
    };
  }

  /** What the rules remember by now, by the rule's id: the fields of those that have a memory. */
  memory(): ReadonlyMap<string, object> {
    const memories = [...this.#automata].flatMap(([id, each]): [string, object][] =>
      each instanceof RuleAutomaton ? [[id, each.memory()]] : [],
    );
    return new Map(memories);
  }

  /** The most frequent come first. */
  #rare(event: TraceEvent): void {
    switch (event.e) {
      case "run":
        this.#on.run.tell(event);
        return;
      case "request":
        this.#on.request.tell(event);
        return;
      case "send":
        this.#on.send.tell(event);
        return;
      case "received":
        this.#on.received.tell(event);
        return;
      case "answer":
        this.#on.answer.tell(event);
        return;
      case "bmc.request":
        this.#observer.requestRead(event.tag, event.message);
        this.#on.bmcRequest.tell(event);
        return;
      case "bmc.response":
        this.#on.bmcResponse.tell(event);
        return;
      case "irq":
        this.#on.irq.tell(event);
        return;
      case "bmc.alert":
        this.#on.bmcAlert.tell(event);
        return;
      case "user":
        this.#on.user.tell(event);
        return;
      case "delivered":
        this.#on.delivered.tell(event);
        return;
      case "refused":
        this.#on.refused.tell(event);
        return;
      case "host":
        if (event.what === "start" || event.what === "inserted") this.#observer.hostRestarts();
        this.#on.hostLife.tell(event);
        return;
      case "bmc.refused":
        this.#on.bmcRefused.tell(event);
        return;
      case "bmc":
        this.#bmcLife(event.what);
        this.#on.bmcLife.tell(event);
        return;
      case "fault":
        this.#faults.event(event);
        if (event.on === "wire") this.#observer.blur();
        return;
      case "guest":
        this.#on.guest.tell(event);
        return;
      case "end":
        this.#ended = true;
        this.#open = owed(this.#requests, event.t);
        this.#on.end.tell(event);
        return;
      default:
        return;
    }
  }

  /** By the host's face if it is tapped: it tells which responses were only read once more. */
  #countTransactions(): void {
    const { transfer, exchange } = this.#on;
    transfer.listen(({ complete, again }) => {
      if (complete && !again) this.#transactions++;
    });
    exchange.listen(({ complete }) => {
      if (!this.#head.taps.host && complete) this.#transactions++;
    });
  }

  /** A BMC that resets owes nothing to the transfer that it was in. */
  #bmcLife(what: BmcLife["what"]): void {
    if (what === "power-on" || what === "reset" || what === "away") {
      this.#observer.bmcForgets();
      this.#observer.bmc.away = true;
    } else if (what === "up") {
      this.#observer.bmc.away = false;
    }
  }

  /** Another host than our own stack has promised nothing: it is measured by what ours does. */
  #sectionOf({ section }: Rule): string {
    const ours = this.#head.host === "stack" || section !== PROMISE;
    return ours ? section : "promise of our own stack; no clause asks it of this host";
  }

  /** The wire faults that took from the rule what it trusts. */
  #wireBehind({ trusts }: Rule, sinceUs: number): string[] {
    if (trusts === undefined) return [];
    const touched = this.#faults.wireSince(sinceUs);
    return trusts === "the transfer"
      ? touched
      : [...new Set([...touched, ...this.#faults.outOfStep])];
  }

  #reporter(rule: Rule): Context["report"] {
    return (
      detail: string,
      severity: Severity = rule.severity,
      sinceUs = this.#order.t,
      about?: Stretch,
    ) => {
      const { host, bmc } = this.#observer;
      const transfer = this.#head.taps.host ? host.transfer : bmc.exchange;
      const startUs = Math.min((about ?? transfer).startUs, sinceUs);
      if (severity === "violation") this.#breaches[rule.party]++;
      this.#findings.add({
        rule,
        severity,
        section: this.#sectionOf(rule),
        seat: this.#head[rule.party],
        detail,
        place: {
          n: this.#order.n,
          t: this.#order.t,
          sinceUs,
          transfer: transfer.serial,
          startUs,
        },
        wire: this.#wireBehind(rule, startUs),
        orders: () => this.#faults.ordersSince(rule.party, startUs),
      });
    };
  }
}

/** The requests of the host's users that have no answer. */
function owed({ byId }: WaitingRequests, nowUs: number): string[] {
  const waiting = [...byId.values].filter(({ request }) => !isOwn(request));
  return waiting.map(({ request, sinceUs }) => {
    return `${requestText(request)} had no answer for ${seconds(nowUs - sinceUs)}`;
  });
}
