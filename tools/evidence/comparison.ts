import { EvidenceJudging } from "../../src/cli/judge-evidence.ts";
import { EvidenceError } from "../../src/evidence/index.ts";
import type { Blamed } from "../../src/referee/party.ts";

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
 * Judges a capture by itself. It cannot tell where the lab blames somebody of whom it shows nothing wrong;
 * whoever it blames must be blamed by the lab, too. The lab tells the wire's own faults from a party's,
 * which needs both ends: who is blamed for the wire in the capture is blamed for nothing that is theirs.
 */
export function compared(name: string, capture: string, lab: readonly Blamed[]): Comparison {
  const judging = new EvidenceJudging(name, {});
  try {
    judging.push(capture);
    const { interfaces } = judging.end();
    const verdicts = interfaces.map(({ judged }) => judged.verdict);
    const fault = [...new Set(verdicts.flatMap((verdict) => verdict.fault))];
    const rules = verdicts.flatMap(({ violations }) => violations.map(({ rule }) => rule));
    return { lab, capture: fault, rules: [...new Set(rules)], says: agreement(fault, lab) };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const refused = error.message;
    return { lab, capture: [], rules: [], says: agreement([], lab), refused };
  }
}

function agreement(capture: readonly Blamed[], lab: readonly Blamed[]): Comparison["says"] {
  if (capture.some((party) => !lab.includes(party))) return "another";
  return lab.every((party) => capture.includes(party)) ? "the same" : "cannot tell";
}
