/** What test tools read: suites of tests, whatever they were made of. */
export interface TestSuite {
  readonly name: string;
  readonly tests: readonly SuiteTest[];
}

/** One test, and what came of it. */
export interface SuiteTest {
  readonly name: string;
  /** In its own time, so that a report is the same in every run. */
  readonly lengthUs: number;
  readonly outcome: TestOutcome;
}

/** `failed`: it says that something is wrong. `broken`: it could not say anything. */
export type TestOutcome =
  | { readonly state: "passed" }
  | { readonly state: "skipped"; readonly reason: string }
  | ({ readonly state: "failed" | "broken" } & Trouble);

interface Trouble {
  /** What kind of trouble, in a word. */
  readonly type: string;
  /** In a line. */
  readonly message: string;
  /** All that there is to say. */
  readonly report: string;
}

/** Nothing is wrong with it, or it was not to be had. */
export function isWell({ outcome }: SuiteTest): boolean {
  return outcome.state === "passed" || outcome.state === "skipped";
}
