/** Which rule fired where, and which clause has none: for a reader and as a JSON document. */
import type { Firing, RuleCoverage } from "../../lab/coverage.ts";
import { grouped } from "../../lab/explore/index.ts";
import type { HeldClause } from "../../referee/clauses/index.ts";

/** Of the matches in which a rule fired, so many are named. */
const SHOWN = 3;

/** What a run of the catalogue covered. */
export interface Coverage {
  readonly matches: number;
  readonly rules: readonly RuleCoverage[];
  readonly clauses: readonly HeldClause[];
}

/** Rule by rule, then the clauses that no rule holds. */
export function coverageText({ matches, rules, clauses }: Coverage): string {
  const seen = rules.filter(({ rule }) => rule.observable);
  const never = seen.filter(({ firings }) => firings.length === 0);
  const open = clauses.filter(({ heldBy }) => heldBy.length === 0);
  const lines = [
    `${grouped(matches)} matches of our own stack`,
    "",
    ...seen.filter(({ firings }) => firings.length > 0).map(firedLine),
    "",
    "fired in none of them",
    ...never.map(({ rule }) => `  ${rule.id.padEnd(9)} ${rule.party.padEnd(5)} ${rule.sentence}`),
    "",
    "clauses that no rule holds",
    ...open.flatMap(clauseLines),
    "",
    `${seen.length - never.length} of ${seen.length} rules fired; ` +
      `${clauses.length - open.length} of ${clauses.length} clauses are held by a rule`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as one JSON document. */
export function coverageJson({ matches, rules, clauses }: Coverage): object {
  return {
    matches,
    rules: rules.map(({ rule: { id, party, observable }, firings }) => {
      return { id, party, observable, firings };
    }),
    clauses: clauses.map(({ id, party, section, says, heldBy, none }) => {
      const why = heldBy.length > 0 || none === undefined ? {} : { none };
      return { id, party, section, says, heldBy, ...why };
    }),
  };
}

function firedLine({ rule, firings }: RuleCoverage): string {
  const kinds = [...new Set(firings.map((each) => each.interface))].join(" ");
  const names = [...new Set(firings.map(({ scenario }) => scenario))];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const as = firings.every((each: Firing) => each.as === "note") ? ", as a note" : "";
  return `${rule.id.padEnd(9)} ${kinds}: ${names.slice(0, SHOWN).join(", ")}${more}${as}`;
}

function clauseLines({ id, party, says, none = "" }: HeldClause): string[] {
  return [`  ${id.padEnd(9)} ${party.padEnd(5)} ${says}`, `            ${none}`];
}
