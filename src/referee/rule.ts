import type { Promises, Taps, Tellable, TransportKind, Witness } from "../trace/head.ts";
import type { Automaton } from "./automaton.ts";
import type { Breaches } from "./breaches.ts";
import type { WaitingRequests } from "./common/waiting.ts";
import type { OpenDialogues } from "./dialogue.ts";
import type { InjectedFaults } from "./injected-faults.ts";
import type { BmcFace, HostFace } from "./observer.ts";
import type { Party, Severity } from "./party.ts";

/** One clause of the specification, or one promise of the stack. */
export type Rule = RuleText & (Observable | Unobservable) & OnInterface;
/** A rule with its automaton, which gets to know `C` and may hear of the events of `A`. */
export type RuleFor<C extends Context, A> = CheckedRule<C, A> | (RuleText & Unobservable);
/** A rule that holds on every interface. */
export type CommonRule = RuleFor<Context, Automaton>;

interface RuleText {
  readonly id: string;
  /** Whom the rule binds. */
  readonly party: Party;
  readonly severity: Severity;
  /** A section of the specification, or whose promise it is: "promise of the stack". */
  readonly section: string;
  /** What holds, in one sentence. */
  readonly sentence: string;
  /** What a right party does where this one broke the rule, in one sentence. */
  readonly instead: string;
  /**
   * What the rule trusts the wire to have carried: the transfer at hand, or all that the parties know
   * of each other. A rule that judges a party by what its own face shows leaves it out. Where a wire
   * fault has taken that from it, what it finds is the wire's (`InjectedFaults`).
   */
  readonly trusts?: "the transfer" | "the state";
  /**
   * A breach is only what shows of a misdeed: where another rule names the misdeed, of the same party
   * in the same time, this one follows from it. A rule that names what was done leaves it out.
   */
  readonly shows?: "an effect";
  /**
   * The party's promise rests on what a right BMC does: where the BMC broke a rule in the time that a
   * report is about, what it finds follows from that. Most promises hold whatever the BMC does.
   */
  readonly presumes?: "a right BMC";
  /**
   * What a witness has to tell of, besides the wire, for the rule to be judged. A promise of the stack
   * needs all that its automaton hears of.
   */
  readonly needs?: readonly (Tellable | "the beginning")[];
  /**
   * What would clear the party, in words, and only the BMC's application tells; besides what may clear
   * it of anything, a new beginning that nobody tells of.
   */
  readonly clearedBy?: string;
}

interface Observable {
  readonly observable: true;
}

interface OnInterface {
  /** The interface whose matches it watches; all when left out. */
  readonly on?: TransportKind;
}

/** No trace of one wire can show such a rule to be kept or broken. */
interface Unobservable {
  readonly observable: false;
  readonly why: string;
}

export interface CheckedRule<C extends Context = Context, A = Automaton>
  extends RuleText,
    Observable {
  /** The rule as an automaton over the trace: handlers for the events that it needs. */
  automaton(context: C): A;
}

/** The section of a rule that no specification has. */
export const PROMISE = "promise of the stack";

/** Whether it is the host's own word that the rule holds it to. */
export function isPromise({ section }: Rule): boolean {
  return section === PROMISE;
}

/** What the referee has to know before the first event; a `TraceHead` will do. */
export interface RefereeHead {
  readonly host: string;
  readonly bmc: string;
  readonly interface: TransportKind;
  readonly taps: Taps;
  readonly promises: Promises;
  readonly witness?: Witness | undefined;
}

/** From then to the event at hand. */
export interface Stretch {
  readonly startUs: number;
}

/** What an automaton gets to know and whom it tells. */
export interface Context {
  readonly head: RefereeHead;
  /** The host's doings as its face of the wire shows them. */
  readonly host: HostFace;
  /** The BMC's doings by its own face when that is tapped, else by what the host saw. */
  readonly bmc: BmcFace;
  /** What the host's users wait for. */
  readonly requests: WaitingRequests;
  /** What the BMC has in its hands. */
  readonly dialogues: OpenDialogues;
  readonly faults: InjectedFaults;
  readonly breaches: Readonly<Breaches>;
  /**
   * Reports the rule as broken by the event at hand. `sinceUs`: when that which is wrong began, if
   * it shows only now, as with a silence. `about`: the time that it is about,
   * a transfer's as a rule, if that is not the one at hand.
   */
  report(detail: string, severity?: Severity, sinceUs?: number, about?: Stretch): void;
}

/** The rule's whole text, for `baseboard rules`. */
export function explain(rule: Rule): string {
  const lines = [
    `${rule.id} (${rule.section}), binds the ${rule.party === "bmc" ? "BMC" : "host"}` +
      (rule.severity === "note" ? "; reported as a note" : ""),
    `  ${rule.sentence}`,
    `  Instead: ${rule.instead}`,
  ];
  if (!rule.observable) lines.push(`  Not checked: ${rule.why}`);
  return lines.join("\n");
}
