import type { Tellable } from "../../trace/head.ts";
import { brings, type Heard, type Source } from "../dispatch.ts";
import type { Blamed } from "../party.ts";
import { isPromise, type RefereeHead, type Rule } from "../rule.ts";

/** How well a witness's trace shows one rule. */
export interface Sight {
  /** Why the rule cannot be judged by it; undefined when it can. */
  readonly unseen: string | undefined;
  /** What would clear who breaks it, and is not seen: "the wire garbled it". */
  readonly unless: readonly string[];
  /** What the rule has heard of, and so what it was put to the test by. */
  readonly heard: Heard;
}

/** What would clear a party, and a witness may not see. */
export const DOUBTS = {
  wire: "the wire garbled it",
  bmc: "the BMC was away or began anew",
  host: "the host crashed, or its driver began anew",
} as const satisfies Record<Blamed, string>;

const NOT_TOLD: Readonly<Record<Tellable, string>> = {
  users: "it does not tell what the host's users asked for and got",
  "host-interface": "it does not tell what the host's driver did besides the wire",
  "bmc-application": "it does not tell what the BMC's application did",
};

/**
 * How the rule can be seen by what the head says is shown. `hears`: what brings the events that its
 * automaton hears of.
 */
export function sightOf(rule: Rule, hears: readonly Source[], head: RefereeHead): Sight {
  const heard = { times: 0 };
  return { unseen: whyUnseen(rule, hears, head), unless: doubts(rule, head), heard };
}

function whyUnseen(rule: Rule, hears: readonly Source[], head: RefereeHead): string | undefined {
  const groups = hears.filter(isTellable);
  const needs = rule.needs ?? [];
  const needed = [...needs.filter(isTellable), ...(isPromise(rule) ? groups : [])];
  const missing = needed.find((group) => !brings(head, group));
  if (missing !== undefined) return NOT_TOLD[missing];
  if (needs.includes("the beginning") && head.witness?.middle === true) {
    return "it begins in the middle of things, or has a gap";
  }
  if (!head.taps.host && !head.taps.bmc && ofTheWire(rule, hears)) {
    return "it shows messages, and not how they went over the wire";
  }
  if (hears.some((source) => source !== "any" && brings(head, source))) return undefined;
  if (hears.includes("host")) return "the host's face of the wire is not in it";
  if (hears.includes("bmc")) return "the BMC's face of the wire is not in it";
  const [group] = groups;
  if (group !== undefined) return NOT_TOLD[group];
  return isPromise(rule) ? "only our own stack promises that" : "it has no such events";
}

/** What an interface asks for, and what is seen at one of its faces. */
function ofTheWire(rule: Rule, hears: readonly Source[]): boolean {
  return "on" in rule || hears.includes("host") || hears.includes("bmc");
}

function isTellable(source: string): source is Tellable {
  return source in NOT_TOLD;
}

/**
 * What a party did in front of the other's face the wire may have garbled, and it may have begun anew
 * unseen, or before the trace does.
 */
function doubts(rule: Rule, head: RefereeHead): string[] {
  const { taps, witness } = head;
  const garbled = !taps[rule.party] || (rule.trusts !== undefined && !(taps.host && taps.bmc));
  const texts: string[] = garbled ? [DOUBTS.wire] : [];
  const life = rule.party === "bmc" ? "bmc-application" : "host-interface";
  if (!brings(head, life) || witness?.middle === true) texts.push(DOUBTS[rule.party]);
  const { clearedBy } = rule;
  if (clearedBy !== undefined && !brings(head, "bmc-application")) texts.push(clearedBy);
  return texts;
}
