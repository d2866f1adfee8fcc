import { inTurns, type Steps } from "../match/steps.ts";
import { rules } from "../referee/index.ts";
import type { Scenario } from "../scenario/schema.ts";
import { stackMatch } from "./play.ts";

/** Where a rule fired: as a violation or as a note. */
export interface Firing {
  readonly scenario: string;
  readonly interface: string;
  readonly as: "violation" | "note";
}

/** What a run of many matches showed of one rule. */
export interface RuleCoverage {
  readonly rule: (typeof rules)[number];
  readonly firings: readonly Firing[];
}

/** A scenario on the interface on which it is played. */
export interface Covering {
  readonly scenario: Scenario;
  readonly kind: string;
}

/** Plays these on our own stack, and gathers which rule fired where. */
export async function coverageOf(
  subjects: readonly Covering[],
  onMatch: (scenario: Scenario) => void = () => {},
): Promise<readonly RuleCoverage[]> {
  const firings = new Map<string, Firing[]>(rules.map(({ id }) => [id, []]));
  for (const { scenario, kind } of subjects) {
    onMatch(scenario);
    for (const { id, as } of await inTurns(fired(scenario))) {
      firings.get(id)?.push({ scenario: scenario.name, interface: kind, as });
    }
  }
  return rules.map((rule) => ({ rule, firings: firings.get(rule.id) ?? [] }));
}

/** The rules that fired in one match, each once and as the worse of what it was. */
function* fired(scenario: Scenario): Steps<{ id: string; as: Firing["as"] }[]> {
  const { verdict } = yield* stackMatch(scenario);
  const violations = new Set(verdict.violations.map(({ rule }) => rule));
  const notes = new Set(verdict.notes.map(({ rule }) => rule).filter((id) => !violations.has(id)));
  return [
    ...[...violations].map((id) => ({ id, as: "violation" as const })),
    ...[...notes].map((id) => ({ id, as: "note" as const })),
  ];
}
