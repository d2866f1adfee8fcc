/**
 * Which known failure a kernel's log looks like. What is known comes from matches that were played
 * (`npm run knowledge`); nothing here plays, and nothing reads a file.
 */
import { type Knowledge, type KnownMatch, RIGHT_MATCH } from "./knowledge.ts";
import { KernelLog, type Seen } from "./log.ts";
import { type Mending, mendingsOf } from "./mended.ts";
import { type Candidate, rank } from "./rank.ts";

export { knowledgeText, readKnowledge } from "./knowledge.ts";
export { KernelLog, type Knowledge, type KnownMatch, type Mending, RIGHT_MATCH, type Seen };

/** A scenario that a log looks like, with what is known of it. */
export interface Finding extends Candidate {
  /** Kernels that bore it, and those that broke promises of their own, by the promises' rules. */
  readonly bore: readonly string[];
  readonly broke: ReadonlyMap<string, readonly string[]>;
  readonly mendings: readonly Mending[];
}

/** What a log comes to. */
export interface Diagnosis {
  /** At most three, the most like first; none when nothing known looks like the log. */
  readonly findings: readonly Finding[];
  /** Lines that a right match does not show. */
  readonly unusual: readonly Seen[];
}

const FINDINGS_MAX = 3;

/** Looks a log up in what is known. */
export function diagnose(knowledge: Knowledge, log: KernelLog): Diagnosis {
  const unusual = [...log.seen.values()].filter(({ shape }) => !knowledge.right.has(shape));
  const findings = rank(knowledge, log.seen, log)
    .slice(0, FINDINGS_MAX)
    .map((candidate) => ({
      ...candidate,
      ...kernelsOf(knowledge, candidate),
      mendings: mendingsOf(candidate.scenario),
    }));
  return { findings, unusual };
}

function kernelsOf({ matches }: Knowledge, { scenario, match }: Candidate) {
  const broke = new Map<string, readonly string[]>();
  const all = new Set<string>();
  for (const each of matches) {
    if (each.scenario !== scenario || each.interface !== match.interface) continue;
    all.add(each.kernel);
    // A promise holds whatever the BMC does.
    const rules = each.broken.filter((rule) => rule.startsWith("STACK-"));
    const known = broke.get(each.kernel) ?? [];
    if (rules.length > 0) broke.set(each.kernel, [...new Set([...known, ...rules])].sort());
  }
  return { broke, bore: [...all].filter((kernel) => !broke.has(kernel)) };
}
