/** What was judged, for test tools: a suite for each interface, a test for each rule. */
import { blamed, type Finding, rules, type Verdict } from "../../referee/index.ts";
import { isPromise } from "../../referee/rule.ts";
import type { TraceHead } from "../../trace/head.ts";
import { visible } from "../printable.ts";
import { type Explained, explanationText } from "./explanation.ts";
import { markdownTable, markdownTroubles } from "./markdown.ts";
import type { SuiteTest, TestOutcome, TestSuite } from "./suites.ts";

/** Evidence of one interface, and what was found in it. */
export interface JudgedSuite {
  /** Of which evidence, in a line. */
  readonly name: string;
  readonly head: TraceHead;
  readonly verdict: Verdict;
  readonly ladders: Explained | undefined;
}

/**
 * A rule that was put to the test passes or fails; one that the evidence cannot show, or did not put to the
 * test, is skipped. Where a file has no interface at all, there is no suite.
 */
export function judgedSuites(all: readonly JudgedSuite[]): readonly TestSuite[] {
  return all.map((each) => ({
    name: visible(each.name),
    tests: [...judgedTests(each), ...unseenTests(each.verdict)],
  }));
}

/** A table of what was found, and the ladders below it. */
export function judgedMarkdown(all: readonly JudgedSuite[]): string {
  const rows = all.flatMap(({ name, verdict }) =>
    [...verdict.violations, ...verdict.notes].map((found) => [
      visible(name),
      found.rule,
      verdict.notes.includes(found) ? "a note" : whose(found),
      found.section,
      String(found.n),
      visible(found.detail),
      found.instead,
    ]),
  );
  const head = ["evidence", "rule", "blamed", "section", "event", "what was found", "instead"];
  const faults = all.map(({ name, verdict: { fault } }) => {
    return `${visible(name)}, at fault: ${fault.length === 0 ? "none" : fault.join(", then ")}\n`;
  });
  const found = rows.length === 0 ? "no rule was found broken\n" : markdownTable([head, ...rows]);
  return [...faults, found].join("\n") + markdownTroubles(judgedSuites(all));
}

function whose(found: Finding): string {
  return blamed(found) ?? `follows from ${(found.follows ?? 0) + 1}.`;
}

function judgedTests({ head, verdict, ladders }: JudgedSuite): readonly SuiteTest[] {
  const { looks } = verdict;
  const judged = looks === undefined ? bookOf(head) : Object.keys(looks);
  return judged.map((rule) => {
    const found = verdict.violations.filter((each) => each.rule === rule);
    const idle = looks?.[rule] === 0 && found.length === 0;
    const outcome = idle ? IDLE : outcomeOf(found, { verdict, ladders });
    return { name: rule, lengthUs: 0, outcome };
  });
}

/** The rules by which a trace that shows all is judged. */
function bookOf({ host, interface: kind }: TraceHead): readonly string[] {
  return rules
    .filter((rule) => rule.observable && (rule.on ?? kind) === kind)
    .filter((rule) => host === "stack" || !isPromise(rule))
    .map(({ id }) => id);
}

const IDLE: TestOutcome = { state: "skipped", reason: "not put to the test" };

function outcomeOf(
  found: readonly Finding[],
  { verdict, ladders }: Pick<JudgedSuite, "verdict" | "ladders">,
): TestOutcome {
  const [first] = found;
  if (first === undefined) return { state: "passed" };
  const message = visible(first.detail);
  const only = { ...verdict, violations: found, notes: [] };
  const report = ladders === undefined ? message : explanationText(only, ladders);
  return { state: "failed", type: whose(first), message, report: `${report}\n` };
}

function unseenTests({ unseen = [] }: Verdict): readonly SuiteTest[] {
  return unseen.map(({ rule, why }) => {
    const reason = `cannot be seen from this evidence, because ${why}`;
    return { name: rule, lengthUs: 0, outcome: { state: "skipped", reason } };
  });
}
