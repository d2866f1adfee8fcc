import { type CaseOutcome, fails } from "../../check/index.ts";
import { type Checked, remarkText, rulesOf } from "./check.ts";
import { markdownTable } from "./markdown.ts";
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

/** A check as a table, for a document. */
export function checkMarkdown({ result }: Checked): string {
  const rows = result.outcomes.map((each) => [
    each.id,
    each.title,
    each.section,
    each.grade,
    rulesOf(each).join(", "),
  ]);
  return markdownTable([["case", "what a right BMC does", "section", "grade", "rules"], ...rows]);
}

/** What is not claimed, or cannot be said, is neither passed nor failed. */
function testOutcome(each: CaseOutcome, checked: Checked): TestOutcome {
  const { grade, remarks } = each;
  if (fails(grade, checked.strict)) {
    const [first] = remarks.filter((remark) => remark.grade === grade);
    const message = [...rulesOf(each), first?.text ?? grade].join(": ");
    const report = [...remarks.map(remarkText), `again: ${checked.again(each.id)}`].join("\n");
    return { state: "failed", type: grade, message, report };
  }
  if (grade === "conforms" || grade === "tolerable") return { state: "passed" };
  return { state: "skipped", reason: `${grade}: ${remarks.map(({ text }) => text).join("; ")}` };
}
