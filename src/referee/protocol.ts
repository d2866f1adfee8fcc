import type { Taps, TransportKind } from "../trace/head.ts";
import { type Automaton, type CommonEvents, CommonTopics } from "./automaton.ts";
import type { Breaches } from "./breaches.ts";
import { WaitingRequests } from "./common/waiting.ts";
import { amongCommonRules } from "./common-rules.ts";
import { Dialogues } from "./dialogues.ts";
import { type Handlers, type Heard, Switchboard, type Topics } from "./dispatch.ts";
import type { InjectedFaults } from "./injected-faults.ts";
import type { Observer } from "./observer.ts";
import type { CommonRule, Context, RefereeHead, Rule, RuleFor } from "./rule.ts";
import type { Begins } from "./witness/beginnings.ts";
import { type Sight, sightOf } from "./witness/sight.ts";

/** One interface's protocol, as it plugs into the referee. */
export interface Protocol {
  readonly name: TransportKind;
  /** Its own rules, which watch matches on this interface only. */
  readonly rules: readonly Rule[];
  /** How a request begins on the wire. */
  readonly begins: Begins;
  /** Sets up what follows one match. */
  follow(match: Match): Followed;
}

/** What the protocol gets to know of a match before its first event. */
export interface Match {
  readonly head: RefereeHead;
  readonly faults: InjectedFaults;
  readonly breaches: Readonly<Breaches>;
  /** Whether the match is judged by this rule. */
  judgedBy(rule: Rule): boolean;
  /** Whom the rule's automaton tells of a breach. */
  reporterOf(rule: Rule): Context["report"];
}

/** What follows a match: the observer, and the automata, which hear of what the topics are told. */
export interface Followed {
  readonly observer: Observer;
  readonly requests: WaitingRequests;
  readonly topics: CommonTopics;
  /** By the rule's id, every automaton that will hear of anything in this match. */
  readonly automata: ReadonlyMap<string, Automaton>;
  /** By the rule's id, how a witness's trace shows it; empty of a trace that shows all. */
  readonly sights: ReadonlyMap<string, Sight>;
}

/** What the automata of a protocol's rules get to know: its views of both parties. */
export interface ContextOf<O extends Observer> extends Context {
  readonly host: O["host"];
  readonly bmc: O["bmc"];
}

/** A rule of a protocol with this observer, which tells of the events `M` besides the common. */
export type RuleOf<O extends Observer, M> = RuleFor<ContextOf<O>, Automaton & Handlers<M>>;

interface Parts<O extends Observer, M> {
  readonly name: TransportKind;
  readonly begins: Begins;
  /** The events that its observer derives, besides the common ones. */
  readonly topics: () => Topics<M>;
  readonly observer: (told: CommonTopics & Topics<M>, taps: Taps, faults: InjectedFaults) => O;
  readonly rules: readonly RuleOf<O, M>[];
}

/** Makes a protocol of its parts. Nobody but its own rules sees its views and its events. */
export function protocol<O extends Observer, M>(parts: Parts<O, M>): Protocol {
  const { name, begins } = parts;
  const own = parts.rules.map((rule) => ({ ...rule, on: name }));
  const book = amongCommonRules(own);
  const boards = { common: new Switchboard<CommonEvents>(), own: new Switchboard<M>() };
  return { name, rules: own, begins, follow: (match) => followed(parts, book, boards, match) };
}

/** Whoever connects the automata, with the common topics and with the protocol's own. */
interface Boards<M> {
  readonly common: Switchboard<CommonEvents>;
  readonly own: Switchboard<M>;
}

type OwnRule<O extends Observer, M> = RuleOf<O, M> & { readonly on: TransportKind };

function followed<O extends Observer, M>(
  parts: Parts<O, M>,
  book: readonly (OwnRule<O, M> | CommonRule)[],
  boards: Boards<M>,
  { head, faults, breaches, judgedBy, reporterOf }: Match,
): Followed {
  const topics = new CommonTopics();
  const ownTopics = parts.topics();
  const observer = parts.observer({ ...topics, ...ownTopics }, head.taps, faults);
  const { host, bmc } = observer;
  const requests = new WaitingRequests();
  requests.followTransfers(topics);
  const dialogues = new Dialogues(topics, faults, head);
  const automata = new Map<string, Automaton>();
  const sights = new Map<string, Sight>();
  for (const rule of book) {
    if (!rule.observable || !judgedBy(rule)) continue;
    // Written out, since a spread of as many fields costs more than all else that is made for a rule.
    const report = reporterOf(rule);
    const context = { head, host, bmc, requests, dialogues, faults, breaches, report };
    const own = "on" in rule ? rule.automaton(context) : undefined;
    const automaton = own ?? rule.automaton(context);
    let heard: Heard | undefined;
    if (head.witness !== undefined) {
      const hears = [
        ...boards.common.sources(topics, automaton),
        ...(own === undefined ? [] : boards.own.sources(ownTopics, own)),
      ];
      const sight = sightOf(rule, hears, head);
      sights.set(rule.id, sight);
      if (sight.unseen !== undefined) continue;
      heard = sight.heard;
    }
    const hearsOwn = own !== undefined && boards.own.connect(ownTopics, own, head, heard);
    const hears = boards.common.connect(topics, automaton, head, heard);
    if (hears || hearsOwn) automata.set(rule.id, automaton);
  }
  requests.followEvents(topics);
  observer.follow(topics);
  return { observer, requests, topics, automata, sights };
}
