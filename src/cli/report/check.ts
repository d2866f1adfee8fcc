/** What a check comes to: for a reader, and as a JSON document. */
import {
  type CaseOutcome,
  type CheckResult,
  fails,
  GRADES,
  type Remark,
} from "../../check/index.ts";
import { Exit } from "../failure.ts";
import type { Explained } from "./explanation.ts";

/** A check, and how it was asked for. */
export interface Checked {
  readonly target: string;
  readonly interface: string;
  /** In words: by which interface, and in which course. */
  readonly how: string;
  readonly strict: boolean;
  readonly seed: number;
  readonly result: CheckResult;
  /** What happened round each finding, where that is asked for. */
  readonly ladders?: Explained | undefined;
  /** The command that does one of its cases again. */
  readonly again: (id: string) => string;
}

const GRADE_WIDTH = Math.max(...GRADES.map((grade) => grade.length));

/** The status that the command ends with. */
export function checkExit({ result, strict }: Checked): number {
  if (result.brokeOff !== undefined || result.unreachable) return Exit.Missing;
  const failed = result.outcomes.some(({ grade }) => fails(grade, strict));
  return failed ? Exit.NotAsExpected : Exit.AsExpected;
}

/** Chapter by chapter, a line for each case, and below it what is to be said of it. */
export function checkText(checked: Checked): string {
  const { target, result } = checked;
  const { outcomes, left, transactions, events, lengthUs } = result;
  const lines = [
    `${target} ${checked.how}: ${outcomes.length} cases, ` +
      `${transactions} transactions, ${events} events, ${(lengthUs / 1_000_000).toFixed(3)} s`,
  ];
  for (const chapter of new Set(outcomes.map(chapterOf))) {
    const of = outcomes.filter((each) => chapterOf(each) === chapter);
    lines.push("", chapter, ...of.flatMap(outcomeText));
  }
  lines.push(...findingLines(checked), ...claimLines(result));
  if (left.length > 0) lines.push("", "not done");
  lines.push(...left.map(({ id, why }) => `  ${id}: ${why}`));
  lines.push("", summary(outcomes));
  if (result.unseenRules > 0) {
    lines.push(`${result.unseenRules} of the referee's rules for a BMC cannot be judged from here`);
  }
  if (result.brokeOff !== undefined) lines.push(`BROKEN OFF: ${result.brokeOff}`);
  if (result.ownFaults.length > 0) {
    lines.push(`our own host stack broke ${result.ownFaults.join(", ")}: please report that`);
  }
  return lines.join("\n");
}

/** The same as one JSON document. */
export function checkJson(checked: Checked) {
  const { target, interface: kind, strict, seed, result } = checked;
  const { outcomes, ...rest } = result;
  return {
    format: "baseboard check",
    version: 1,
    target,
    interface: kind,
    seed,
    strict,
    counts: countsOf(outcomes),
    cases: outcomes.map((each) => ({ ...each, command: checked.again(each.id) })),
    ...rest,
  };
}

function chapterOf({ id }: CaseOutcome): string {
  return id.slice(0, id.indexOf("/"));
}

/** The ids of the rules that were broken in a case. */
export function rulesOf({ remarks }: CaseOutcome): readonly string[] {
  return remarks.flatMap(({ rule }) => rule ?? []);
}

/** A case in lines: its grade, and what it saw itself. */
function outcomeText(each: CaseOutcome): readonly string[] {
  const rules = rulesOf(each);
  const named = rules.length === 0 ? "" : ` [${rules.join(", ")}]`;
  const own = each.remarks.filter(({ rule }) => rule === undefined);
  return [
    `  ${each.grade.padEnd(GRADE_WIDTH)}  ${each.id}${named}`,
    ...own.map((remark) => `  ${"".padEnd(GRADE_WIDTH)}    ${remarkText(remark)}`),
  ];
}

/** What is said of a case, in one line. */
export function remarkText({ grade, rule, text, section, times = 1 }: Remark): string {
  const place = section === undefined ? "" : ` [${section}]`;
  const named = rule === undefined ? grade : `${grade} ${rule}`;
  return `${named}: ${text}${times === 1 ? "" : `, ${times} times`}${place}`;
}

/** Each rule that the referee found to be broken, once, with the case in which that was first. */
function findingLines({ result, again }: Checked): readonly string[] {
  const found = findingsOf(result.outcomes);
  const lines = found.flatMap(({ rule, grade, section, text, event, times, ids }) => {
    const [first = ""] = ids;
    const others = ids.length === 1 ? "" : `, and in ${ids.length - 1} more`;
    return [
      `  ${rule}  ${grade}  [${section}]`,
      `    ${text}`,
      `    in ${first}${others}: ${times === 1 ? "once" : `${times} times`}, first at event ${event}`,
      `    again: ${again(first)}`,
    ];
  });
  return lines.length === 0 ? [] : ["", "broken rules", ...lines];
}

/** What the referee found, rule by rule. */
export function findingsOf(outcomes: readonly CaseOutcome[]) {
  const all = outcomes.flatMap(({ id, remarks, events }) => {
    return remarks.map((remark) => ({ ...remark, id, from: events.from }));
  });
  const rules = [...new Set(all.flatMap(({ rule }) => rule ?? []))];
  return rules.flatMap((rule) => {
    const of = all.filter((each) => each.rule === rule);
    const [first] = of;
    if (first === undefined) return [];
    const { grade, section, text, event } = first;
    const times = of.reduce((sum, each) => sum + (each.times ?? 1), 0);
    return [{ rule, grade, section, text, event, times, ids: of.map(({ id }) => id) }];
  });
}

function claimLines({ claims }: CheckResult): readonly string[] {
  if (claims.length === 0) return [];
  const lines = claims.map(({ what, by, claimed, answered, agrees }) => {
    return `  ${agrees ? "agrees" : "DIFFERS"}  ${what}: ${by} says ${claimed}; answered: ${answered}`;
  });
  return ["", "claimed and answered", ...lines];
}

function summary(outcomes: readonly CaseOutcome[]): string {
  const counts = Object.entries(countsOf(outcomes)).filter(([, count]) => count > 0);
  return counts.map(([grade, count]) => `${count} ${grade}`).join(", ");
}

function countsOf(outcomes: readonly CaseOutcome[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    GRADES.map((grade) => [grade, outcomes.filter((each) => each.grade === grade).length]),
  );
}
