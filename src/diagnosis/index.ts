/**
 * Which known failure a kernel's log looks like. What is known comes from matches that were played
 * (`npm run knowledge`); nothing here plays, and nothing reads a file.
 */
import { type How, Knowledge, type KnownMatch } from "./knowledge.ts";
import { KernelLog, type Seen } from "./log.ts";
import { type Mending, mendingsOf } from "./mended.ts";
import { type Message, messageFor } from "./messages/index.ts";
import { type Candidate, rank } from "./rank.ts";

export { knowledgeText, readMatches } from "./knowledge.ts";
export {
  type How,
  KernelLog,
  Knowledge,
  type KnownMatch,
  type Mending,
  type Message,
  rank,
  type Seen,
};

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
  /** Lines that a right match does not show, and that do not mean that all is well. */
  readonly unusual: readonly Seen[];
  /** What those of them mean that are known, each meaning once. */
  readonly meanings: readonly Meaning[];
  /** What `baseboard capture` should be asked for next, by the interfaces that the drivers name. */
  readonly capture: readonly string[];
}

/** What a message means, where the log has it first, and which scenarios show it. */
export interface Meaning extends Message {
  readonly seen: Seen;
  readonly scenarios: readonly string[];
}

const FINDINGS_MAX = 3;

/** Looks a log up in what is known. */
export function diagnose(knowledge: Knowledge, log: KernelLog): Diagnosis {
  const unusual = [...log.seen.values()].filter(({ shape }) => knowledge.tells(shape));
  const findings = rank(knowledge, log.seen, log)
    .slice(0, FINDINGS_MAX)
    .map((candidate) => ({
      ...candidate,
      ...kernelsOf(knowledge, candidate),
      mendings: mendingsOf(candidate.scenario),
    }));
  const meanings = meaningsOf(knowledge, unusual);
  return { findings, unusual, meanings, capture: captureKinds(log) };
}

function meaningsOf(knowledge: Knowledge, unusual: readonly Seen[]): readonly Meaning[] {
  const meanings = new Map<Message, Meaning>();
  for (const seen of unusual) {
    const message = messageFor(seen.shape);
    if (message === undefined || meanings.has(message)) continue;
    meanings.set(message, { ...message, seen, scenarios: knowledge.scenariosWith(message) });
  }
  return [...meanings.values()];
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

/** Drivers of the BMC's side, by what their lines begin with, and how to watch them. */
const BMC_DRIVERS = [
  [/kcs.bmc/, "bmc-kcs"],
  [/bt.bmc/, "bmc-bt"],
  [/ssif.bmc/, "bmc-ssif"],
] as const;
/** What most machines have. */
const USUAL = "kcs";

function captureKinds({ interfaces, seen }: KernelLog): readonly string[] {
  const shapes = [...seen.keys()];
  const bmc = BMC_DRIVERS.filter(([driver]) => shapes.some((shape) => driver.test(shape)));
  const kinds = [...interfaces, ...bmc.map(([, kind]) => kind)];
  return kinds.length > 0 ? kinds : [USUAL];
}
