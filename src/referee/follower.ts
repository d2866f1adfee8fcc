import type { BmcLife, HostLife, TraceEvent } from "../trace/events.ts";
import type { TraceOrder } from "../trace/order.ts";
import type { Automaton, CommonTopics } from "./automaton.ts";
import type { Breaches } from "./breaches.ts";
import { COMES_NEW } from "./common/new-host.ts";
import { isOwn, requestText, type WaitingRequests } from "./common/waiting.ts";
import type { Findings } from "./findings.ts";
import { InjectedFaults } from "./injected-faults.ts";
import type { Observer, Turn } from "./observer.ts";
import type { Severity } from "./party.ts";
import type { Protocol } from "./protocol.ts";
import { type Context, isPromise, type RefereeHead, type Rule, type Stretch } from "./rule.ts";
import { RuleAutomaton } from "./rule-automaton.ts";
import { seconds } from "./text.ts";
import type { Transfer } from "./transfer.ts";
import { tellOfWire } from "./wire-events.ts";
import type { Sight } from "./witness/sight.ts";

const NOTHING: readonly string[] = [];

/** Is told of a transfer that came to its end, and of its number in the trace; the object is used again. */
export type Ended = (transfer: Transfer, number: number) => void;

/** What a follower is a part of: the whole trace's findings, and its order. */
export interface Whole {
  readonly findings: Findings;
  readonly order: TraceOrder;
  /** The transfers before this stretch, so that each in the trace has a number of its own. */
  readonly transfers: number;
  /** Told of each transfer that comes to its end, by the face by which transfers are told. */
  readonly ended?: Ended | undefined;
}

/** Where the match stands after the event that was taken last. */
export interface Scene {
  /** The transfer on the wire, or the last one, as the face shows it by which it is told. */
  readonly transfer: Transfer;
  /** Its number in the whole trace, from 1; 0 before the first. */
  readonly number: number;
  /** It has come to its end. */
  readonly over: boolean;
  /** Where the host is in it, for a sentence: "in the read phase". */
  readonly place: string;
  readonly turn: Turn;
}

/** Follows both parties through a stretch of a trace without a gap, and has the rules judge them. */
export class Follower {
  private readonly _head: RefereeHead;
  private readonly _whole: Whole;
  private readonly _faults: InjectedFaults;
  private readonly _breaches: Breaches = { host: 0, bmc: 0 };
  private readonly _observer: Observer;
  private readonly _requests: WaitingRequests;
  private readonly _on: CommonTopics;
  private readonly _automata: ReadonlyMap<string, Automaton>;
  private readonly _sights: ReadonlyMap<string, Sight>;
  /** Requests over the wire that got their whole response. */
  transactions = 0;
  /** The `end` came. */
  ended = false;
  /** What was owed to the host's users then, a sentence each. */
  open: readonly string[] = [];
  /** The stack that made the promises is gone, and no other one has come. */
  private _takenOver = false;
  /** The number within this stretch of the transfer that came to its end last. */
  private _over = 0;

  /** `book`: those of the protocol's rules by which the match is judged. */
  constructor(head: RefereeHead, protocol: Protocol, book: ReadonlySet<Rule>, whole: Whole) {
    this._head = head;
    this._whole = whole;
    // The BMC is judged by what the host saw where its own face is not tapped.
    this._faults = new InjectedFaults({ host: head.taps.host, bmc: true });
    const { observer, requests, topics, automata, sights } = protocol.follow({
      head,
      faults: this._faults,
      breaches: this._breaches,
      judgedBy: (rule) => book.has(rule),
      reporterOf: (rule) => this.#reporter(rule),
    });
    this._observer = observer;
    this._requests = requests;
    this._on = topics;
    this._automata = automata;
    this._sights = sights;
    this.#countTransactions();
    this.#noteEnds();
    // The rules have heard of a transfer before it tells that the parties are in step.
    topics.transfer.listen((transfer) => this._faults.settle("host", transfer));
    topics.exchange.listen((exchange) => this._faults.settle("bmc", exchange));
  }

  /** Takes the next event. */
  event(event: TraceEvent): void {
    if (!tellOfWire(this._on, event)) this.#rare(event);
  }

  /** By the rule's id, the automata that hear of anything. */
  get automata(): ReadonlyMap<string, Automaton> {
    return this._automata;
  }

  /** By the rule's id, how a witness's trace shows it. */
  get sights(): ReadonlyMap<string, Sight> {
    return this._sights;
  }

  /** The number of the last transfer. */
  get transfers(): number {
    return this._whole.transfers + this.#transfer.serial;
  }

  get scene(): Scene {
    const transfer = this.#transfer;
    const { place, turn } = this._observer.host;
    return { transfer, number: this.transfers, over: this._over === transfer.serial, place, turn };
  }

  /** What the rules remember by now, by the rule's id: the fields of those that have a memory. */
  memory(): ReadonlyMap<string, object> {
    const memories = [...this._automata].flatMap(([id, each]): [string, object][] =>
      each instanceof RuleAutomaton ? [[id, each.memory()]] : [],
    );
    return new Map(memories);
  }

  /** The most frequent come first. */
  #rare(event: TraceEvent): void {
    switch (event.e) {
      case "run":
        this._on.run.tell(event);
        return;
      case "request":
        this._on.request.tell(event);
        return;
      case "send":
        this._on.send.tell(event);
        return;
      case "noted":
        this._on.noted.tell(event);
        return;
      case "received":
        this._on.received.tell(event);
        return;
      case "answer":
        this._on.answer.tell(event);
        return;
      case "bmc.request":
        this._observer.requestRead(event.tag, event.message);
        this._on.bmcRequest.tell(event);
        return;
      case "bmc.response":
        this._on.bmcResponse.tell(event);
        return;
      case "irq":
        this._on.irq.tell(event);
        return;
      case "bmc.alert":
        this._on.bmcAlert.tell(event);
        return;
      case "user":
        this._on.user.tell(event);
        return;
      case "delivered":
        this._on.delivered.tell(event);
        return;
      case "refused":
        this._on.refused.tell(event);
        return;
      case "host":
        this.#hostLife(event.what);
        this._on.hostLife.tell(event);
        return;
      case "bmc.refused":
        this._on.bmcRefused.tell(event);
        return;
      case "bmc":
        this.#bmcLife(event.what);
        this._on.bmcLife.tell(event);
        return;
      case "fault":
        this._faults.event(event);
        if (event.on === "wire") this._observer.blur();
        return;
      case "guest":
        this._on.guest.tell(event);
        return;
      case "end":
        this.ended = true;
        this.open = owed(this._requests, event.t);
        this._on.end.tell(event);
        return;
      default:
        return;
    }
  }

  /** By the face by which transfers are told. */
  #noteEnds(): void {
    const { transfer, exchange } = this._on;
    const ends = this._head.taps.host ? transfer : exchange;
    ends.listen((transfer) => {
      this._over = transfer.serial;
      this._whole.ended?.(transfer, this._whole.transfers + transfer.serial);
    });
  }

  /** By the host's face if it is tapped: it tells which responses were only read once more. */
  #countTransactions(): void {
    const { transfer, exchange } = this._on;
    transfer.listen(({ complete, again }) => {
      if (complete && !again) this.transactions++;
    });
    exchange.listen(({ complete }) => {
      if (!this._head.taps.host && complete) this.transactions++;
    });
  }

  /** Who comes new knows nothing of what was left on the wire, and keeps nobody else's promises. */
  #hostLife(what: HostLife["what"]): void {
    if (!COMES_NEW.has(what)) return;
    this._observer.hostRestarts();
    this._takenOver = what === "taken-over";
  }

  /** A BMC that resets owes nothing to the transfer that it was in. */
  #bmcLife(what: BmcLife["what"]): void {
    if (what === "power-on" || what === "reset" || what === "away") {
      this._observer.bmcForgets();
      this._observer.bmc.away = true;
    } else if (what === "up") {
      this._observer.bmc.away = false;
    }
  }

  /** The transfer on the wire, as the face shows it by which it is told. */
  get #transfer(): Transfer {
    const { host, bmc } = this._observer;
    return this._head.taps.host ? host.transfer : bmc.exchange;
  }

  /** Another host than our own stack has promised nothing: it is measured by what ours does. */
  #sectionOf(rule: Rule): string {
    const ours = this._head.host === "stack" || !isPromise(rule);
    return ours ? rule.section : "promise of our own stack; no clause asks it of this host";
  }

  /** The wire faults that took from the rule what it trusts. */
  #wireBehind({ trusts }: Rule, sinceUs: number): string[] {
    if (trusts === undefined) return [];
    const touched = this._faults.wireSince(sinceUs);
    return trusts === "the transfer"
      ? touched
      : [...new Set([...touched, ...this._faults.outOfStep])];
  }

  #reporter(rule: Rule): Context["report"] {
    return (
      detail: string,
      severity: Severity = rule.severity,
      sinceUs = this._whole.order.t,
      about?: Stretch,
    ) => {
      if (this._takenOver && isPromise(rule)) return;
      const transfer = this.#transfer;
      const { findings, order } = this._whole;
      const startUs = Math.min((about ?? transfer).startUs, sinceUs);
      if (severity === "violation") this._breaches[rule.party]++;
      findings.add({
        rule,
        severity,
        section: this.#sectionOf(rule),
        seat: this._head[rule.party],
        detail,
        place: {
          n: order.n,
          t: order.t,
          sinceUs,
          transfer: this.transfers,
          startUs,
        },
        wire: this.#wireBehind(rule, startUs),
        orders: () => this._faults.ordersSince(rule.party, startUs),
        unless: this._sights.get(rule.id)?.unless ?? NOTHING,
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
