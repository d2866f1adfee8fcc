import { judgingText } from "../../src/cli/judge-evidence.ts";
import { EvidenceError } from "../../src/evidence/index.ts";
import type { Blamed } from "../../src/referee/party.ts";
import { type Finding, fault } from "../../src/referee/verdict.ts";

/** Whom the lab's verdict blames, and what of it the capture alone shows. */
export interface Comparison {
  readonly lab: readonly Blamed[];
  readonly capture: readonly Blamed[];
  /** The rules whose breach the capture shows, first to last. */
  readonly rules: readonly string[];
  readonly says: "the same" | "cannot tell" | "another";
  /** Why there is no verdict of the capture. */
  readonly refused?: string;
}

/**
 * Judges a capture by itself. It cannot tell where the lab blames somebody of whom it shows nothing wrong, or
 * where its own verdict says what would clear whom it blames. Whoever it blames beyond doubt must be blamed
 * by the lab, too.
 */
export function compared(text: string, lab: readonly Blamed[]): Comparison {
  const judging = judgingText({});
  try {
    judging.push(text);
    const { interfaces } = judging.end();
    const violations = interfaces.flatMap(({ judged }) => judged.verdict.violations);
    const capture = fault(violations);
    const certain = fault(violations.filter((each) => !isDoubted(each)));
    const rules = [...new Set(violations.map(({ rule }) => rule))];
    return { lab, capture, rules, says: agreement({ lab, capture, certain }) };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const refused = error.message;
    return {
      lab,
      capture: [],
      rules: [],
      says: agreement({ lab, capture: [], certain: [] }),
      refused,
    };
  }
}

function agreement({
  lab,
  capture,
  certain,
}: Pick<Comparison, "lab" | "capture"> & { readonly certain: readonly Blamed[] }) {
  if (certain.some((party) => !lab.includes(party))) return "another";
  const same = capture.length === lab.length && capture.every((party) => lab.includes(party));
  return same ? "the same" : "cannot tell";
}

/** Whether the verdict says itself what would clear the party, and that the evidence does not show it. */
function isDoubted(found: Finding): boolean {
  return "unless" in found && found.unless !== undefined;
}
