/** What was judged again and played again, for test tools. */
import { type JudgedSuite, judgedMarkdown, judgedSuites } from "./judged-suites.ts";
import { markdownTroubles } from "./markdown.ts";
import type { TestOutcome, TestSuite } from "./suites.ts";

/** A recording: what is found in it, if that was judged, and whether its match is the same again. */
export interface Replayed {
  readonly name: string;
  readonly judged: JudgedSuite | undefined;
  /** A rule that is broken is a test that failed: not where the match was made to break it. */
  readonly rulesCount: boolean;
  readonly again: TestOutcome;
}

const SAME_AGAIN = "the same again";

/** A suite of the rules, as `judge` has it, where they count, and one of a single test: whether the match is the same again. */
export function replayedSuites(replayed: Replayed): readonly TestSuite[] {
  const { judged, rulesCount } = replayed;
  return [
    ...(judged === undefined || !rulesCount ? [] : judgedSuites([judged])),
    againSuite(replayed),
  ];
}

export function replayedMarkdown(replayed: Replayed): string {
  const { name, judged, again } = replayed;
  const found = judged === undefined ? "" : `${judgedMarkdown([judged])}\n`;
  const came = again.state === "passed" ? "yes" : again.state === "skipped" ? again.reason : "no";
  return `${found}${name}, ${SAME_AGAIN}: ${came}\n${markdownTroubles([againSuite(replayed)])}`;
}

function againSuite({ name, again }: Replayed): TestSuite {
  return { name, tests: [{ name: SAME_AGAIN, lengthUs: 0, outcome: again }] };
}
