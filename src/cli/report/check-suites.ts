import { type CaseOutcome, fails } from "../../check/index.ts";
import { type Checked, remarkText, rulesOf } from "./check.ts";
import { type Explained, ladderText } from "./explanation.ts";
import { markdownTable, markdownTroubles } from "./markdown.ts";
import type { TestOutcome, TestSuite } from "./suites.ts";

/** A check for test tools: one suite, with a test for each case. */
export function checkSuites(checked: Checked): readonly TestSuite[] {
  const { target, interface: kind, result } = checked;
  const done = result.outcomes.map((each) => {
    return { name: each.id, lengthUs: each.lengthUs, outcome: testOutcome(each, checked) };
  });
  const left = result.left.map(({ id, why }) => {
    const outcome: TestOutcome = { state: "skipped", reason: why };
    return { name: id, lengthUs: 0, outcome };
  });
  return [{ name: `${target} on ${kind}`, tests: [...done, ...left] }];
}

/** A check as a table, for a document, and what failed below it. */
export function checkMarkdown(checked: Checked): string {
  const rows = checked.result.outcomes.map((each) => [
    each.id,
    each.title,
    each.section,
    each.grade,
    rulesOf(each).join(", "),
  ]);
  const head = ["case", "what a right BMC does", "section", "grade", "rules"];
  return markdownTable([head, ...rows]) + markdownTroubles(checkSuites(checked));
}

/** What is not claimed, or cannot be said, is neither passed nor failed. */
function testOutcome(each: CaseOutcome, checked: Checked): TestOutcome {
  const { grade, remarks } = each;
  if (fails(grade, checked.strict)) {
    const [first] = remarks.filter((remark) => remark.grade === grade);
    const message = [...rulesOf(each), first?.text ?? grade].join(": ");
    const again = `again: ${checked.again(each.id)}`;
    const lines = [...remarks.map(remarkText), again, ...shown(each, checked.ladders)];
    const report = lines.join("\n");
    return { state: "failed", type: grade, message, report };
  }
  if (grade === "conforms" || grade === "tolerable") return { state: "passed" };
  return { state: "skipped", reason: `${grade}: ${remarks.map(({ text }) => text).join("; ")}` };
}

/** The ladder of each event at which the referee saw something. */
function shown({ remarks }: CaseOutcome, explained: Explained | undefined): readonly string[] {
  const events = new Set(remarks.flatMap(({ event }) => event ?? []));
  return [...events].flatMap((n) => {
    const ladder = explained?.ladders.get(n);
    return ladder === undefined ? [] : ["", ladderText(ladder)];
  });
}
