import type { Blamed, Party } from "./party.ts";

/** What the referee says of a match. Plain data: it goes into a JSON document as it is. */
export interface Verdict {
  /** Who is at fault, first the one whose broken rule the others follow from. */
  readonly fault: readonly Blamed[];
  readonly violations: readonly Finding[];
  readonly notes: readonly Finding[];
  /** The number of rules that this trace could show to be kept or broken. */
  readonly rulesChecked: number;
  /** Requests over the wire that got their whole response. */
  readonly transactions: number;
  readonly events: number;
  /** What was owed to the host's users and still open as the match ended, a sentence each. */
  readonly open: readonly string[];
  /** The match came to its end; if not, promises still open were not judged. */
  readonly ended: boolean;
  /** Of a witness's trace: by the rule's id, how often each of the others was put to the test. */
  readonly looks?: Readonly<Record<string, number>>;
  /** Of a witness's trace: the rules that it cannot show. */
  readonly unseen?: readonly Unseen[];
}

/** A rule that was broken, where it was first, and how often. */
export interface Finding {
  readonly rule: string;
  readonly party: Party;
  readonly seat: string;
  readonly section: string;
  readonly sentence: string;
  /** What a right party would have done. */
  readonly instead: string;
  /** The number and the time of the event that broke it first. */
  readonly n: number;
  readonly t: number;
  /** When that which is wrong began; before `t` for what shows late, such as a silence. */
  readonly since: number;
  readonly detail: string;
  readonly count: number;
  /** The faults that the scenario had worked on this party by then: it was on orders. */
  readonly orders: readonly string[];
  /** The faults of the wire that explain it, so that it is no party's. */
  readonly wire: readonly string[];
  /** The violation, by its place in the list, of which this one is a mere consequence. */
  readonly follows: number | null;
  /** What would clear the party, and is not shown by a trace whose witness did not see all. */
  readonly unless?: readonly string[];
}

/** A rule that a witness's trace cannot show to be kept or broken, and why. */
export interface Unseen {
  readonly rule: string;
  readonly why: string;
}

/** Whose the violation is; nobody's when it merely follows from another. */
export function blamed({ party, wire, follows }: Finding): Blamed | undefined {
  if (follows !== null) return undefined;
  return wire.length > 0 ? "wire" : party;
}

/** The violations for which the verdict holds this party to account. */
export function breachesBy(party: Party, { violations }: Verdict): Finding[] {
  return violations.filter((each) => blamed(each) === party);
}

/** In the order of their first violation that follows from no other. */
export function fault(violations: readonly Finding[]): Blamed[] {
  return [...new Set(violations.flatMap((each) => blamed(each) ?? []))];
}

/**
 * The verdict for a reader: who is at fault, then the violations in order, then the notes. Those of the
 * rules that are `usual` with this BMC, told in docs/findings.md, are named in one line.
 */
export function verdictText(verdict: Verdict, usual: readonly string[] = []): string {
  const lines = [faultText(verdict)];
  if (verdict.violations.length > 0) lines.push("", "violations");
  verdict.violations.forEach((each, index) => {
    lines.push(...findingLines(each, `${index + 1}.`));
  });
  if (verdict.notes.length > 0) lines.push("", "notes", ...noteLines(verdict.notes, usual));
  if (verdict.open.length > 0) lines.push("", "open at the end");
  lines.push(...verdict.open.map((each) => `- ${each}`));
  const { rulesChecked, transactions, events } = verdict;
  const counts = [`${rulesChecked} rules`, count(transactions, "transaction"), `${events} events`];
  lines.push("", counts.join(", "));
  if (verdict.unseen !== undefined) lines.push(...sightLines(verdict));
  if (!verdict.ended) lines.push("(the trace has no end: open promises were not judged)");
  return `${lines.join("\n")}\n`;
}

/** What became of all rules, where a witness did not see all. */
export function sightLines({ violations, notes, looks = {}, unseen = [] }: Verdict): string[] {
  const broken = new Set([...violations, ...notes].map(({ rule }) => rule));
  const times = Object.entries(looks).filter(([rule]) => !broken.has(rule));
  const kept = times.filter(([, each]) => each > 0);
  const sum = kept.reduce((total, [, each]) => total + each, 0);
  const lines = [`kept: ${count(kept.length, "rule")}, put to the test ${count(sum, "time")}`];
  const idle = times.length - kept.length;
  if (idle > 0) lines.push(`not put to the test: ${count(idle, "rule")}`);
  for (const why of new Set(unseen.map((each) => each.why))) {
    const rules = unseen.filter((each) => each.why === why).length;
    lines.push(`cannot be seen from this evidence, because ${why}: ${count(rules, "rule")}`);
  }
  return lines;
}

function noteLines(notes: readonly Finding[], usual: readonly string[]): string[] {
  const telling = notes.filter(({ rule }) => !usual.includes(rule));
  const known = notes.filter(({ rule }) => usual.includes(rule)).map(({ rule }) => rule);
  const lines = telling.flatMap((each) => findingLines(each, "-"));
  if (known.length > 0) lines.push(`- ${known.join(", ")}  as in every match with this BMC`);
  return lines;
}

function faultText(verdict: Verdict): string {
  if (verdict.fault.length === 0) return "fault: none";
  const named = verdict.fault.map((party) => {
    if (party === "wire") return party;
    const seat = verdict.violations.find((each) => each.party === party)?.seat ?? "";
    return `${party} (${seat})${unlessText(verdict, party)}`;
  });
  return `fault: ${named.join(", then ")}`;
}

/** What would clear the party of all that it is blamed for, in words; empty when it is beyond doubt. */
function unlessText({ violations }: Verdict, party: Party): string {
  const doubts = violations.filter((each) => blamed(each) === party).map(({ unless }) => unless);
  if (doubts.includes(undefined)) return "";
  const texts = [...new Set(doubts.flatMap((each) => each ?? []))];
  return `, unless ${texts.join(", or ")}: this evidence does not show that`;
}

function findingLines(found: Finding, mark: string): string[] {
  const seconds = (found.t / 1_000_000).toFixed(6);
  const head = `${found.rule}  ${found.party} (${found.seat})  event ${found.n} at ${seconds} s`;
  const pad = " ".repeat(mark.length);
  const lines = [
    `${mark} ${head}  [${found.section}]`,
    `${pad} ${found.sentence}`,
    `${pad} ${found.detail}`,
  ];
  if (found.count > 1) lines.push(`${pad} ${found.count} times in all; this is the first`);
  if (found.orders.length > 0) {
    lines.push(`${pad} on the scenario's orders: ${found.orders.join(", ")}`);
  }
  if (found.wire.length > 0) lines.push(`${pad} the wire's doing: ${found.wire.join(", ")}`);
  if (found.unless !== undefined) lines.push(`${pad} unless ${found.unless.join(", or ")}`);
  if (found.follows !== null) lines.push(`${pad} follows from ${found.follows + 1}.`);
  return lines;
}

function count(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}
