import type { BmcLife, TraceEvent } from "../trace/events.ts";
import type { TraceOrder } from "../trace/order.ts";
import type { Automaton, CommonTopics } from "./automaton.ts";
import type { Breaches } from "./breaches.ts";
import { isOwn, requestText, type WaitingRequests } from "./common/waiting.ts";
import type { Findings } from "./findings.ts";
import { InjectedFaults } from "./injected-faults.ts";
import type { Observer } from "./observer.ts";
import type { Severity } from "./party.ts";
import type { Protocol } from "./protocol.ts";
import { type Context, isPromise, type RefereeHead, type Rule, type Stretch } from "./rule.ts";
import { RuleAutomaton } from "./rule-automaton.ts";
import { seconds } from "./text.ts";
import type { Transfer } from "./transfer.ts";
import { tellOfWire } from "./wire-events.ts";
import type { Sight } from "./witness/sight.ts";

const NOTHING: readonly string[] = [];

/** What a follower is a part of: the whole trace's findings, and its order. */
export interface Whole {
  readonly findings: Findings;
  readonly order: TraceOrder;
  /** The transfers before this stretch, so that each in the trace has a number of its own. */
  readonly transfers: number;
}

/** Follows both parties through a stretch of a trace without a gap, and has the rules judge them. */
export class Follower {
  readonly #head: RefereeHead;
  readonly #whole: Whole;
  readonly #faults: InjectedFaults;
  readonly #breaches: Breaches = { host: 0, bmc: 0 };
  readonly #observer: Observer;
  readonly #requests: WaitingRequests;
  readonly #on: CommonTopics;
  readonly #automata: ReadonlyMap<string, Automaton>;
  readonly #sights: ReadonlyMap<string, Sight>;
  /** Requests over the wire that got their whole response. */
  transactions = 0;
  /** The `end` came. */
  ended = false;
  /** What was owed to the host's users then, a sentence each. */
  open: readonly string[] = [];

  /** `book`: those of the protocol's rules by which the match is judged. */
  constructor(head: RefereeHead, protocol: Protocol, book: ReadonlySet<Rule>, whole: Whole) {
    this.#head = head;
    this.#whole = whole;
    // The BMC is judged by what the host saw where its own face is not tapped.
    this.#faults = new InjectedFaults({ host: head.taps.host, bmc: true });
    const { observer, requests, topics, automata, sights } = protocol.follow({
      head,
      faults: this.#faults,
      breaches: this.#breaches,
      judgedBy: (rule) => book.has(rule),
      reporterOf: (rule) => this.#reporter(rule),
    });
    this.#observer = observer;
    this.#requests = requests;
    this.#on = topics;
    this.#automata = automata;
    this.#sights = sights;
    this.#countTransactions();
    // The rules have heard of a transfer before it tells that the parties are in step.
    topics.transfer.listen((transfer) => this.#faults.settle("host", transfer));
    topics.exchange.listen((exchange) => this.#faults.settle("bmc", exchange));
  }

  /** Takes the next event. */
  event(event: TraceEvent): void {
    if (!tellOfWire(this.#on, event)) this.#rare(event);
  }

  /** By the rule's id, the automata that hear of anything. */
  get automata(): ReadonlyMap<string, Automaton> {
    return this.#automata;
  }

  /** By the rule's id, how a witness's trace shows it. */
  get sights(): ReadonlyMap<string, Sight> {
    return this.#sights;
  }

  /** The number of the last transfer. */
  get transfers(): number {
    return this.#whole.transfers + this.#transfer.serial;
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
        this.ended = true;
        this.open = owed(this.#requests, event.t);
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
      if (complete && !again) this.transactions++;
    });
    exchange.listen(({ complete }) => {
      if (!this.#head.taps.host && complete) this.transactions++;
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

  /** The transfer on the wire, as the face shows it by which it is told. */
  get #transfer(): Transfer {
    const { host, bmc } = this.#observer;
    return this.#head.taps.host ? host.transfer : bmc.exchange;
  }

  /** Another host than our own stack has promised nothing: it is measured by what ours does. */
  #sectionOf(rule: Rule): string {
    const ours = this.#head.host === "stack" || !isPromise(rule);
    return ours ? rule.section : "promise of our own stack; no clause asks it of this host";
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
      sinceUs = this.#whole.order.t,
      about?: Stretch,
    ) => {
      const transfer = this.#transfer;
      const { findings, order } = this.#whole;
      const startUs = Math.min((about ?? transfer).startUs, sinceUs);
      if (severity === "violation") this.#breaches[rule.party]++;
      findings.add({
        rule,
        severity,
        section: this.#sectionOf(rule),
        seat: this.#head[rule.party],
        detail,
        place: {
          n: order.n,
          t: order.t,
          sinceUs,
          transfer: this.transfers,
          startUs,
        },
        wire: this.#wireBehind(rule, startUs),
        orders: () => this.#faults.ordersSince(rule.party, startUs),
        unless: this.#sights.get(rule.id)?.unless ?? NOTHING,
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
