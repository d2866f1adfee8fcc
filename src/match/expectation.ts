import { commandName } from "../ipmi/command-table.ts";
import { hex } from "../ipmi/message.ts";
import { breachesBy, type Verdict } from "../referee/index.ts";
import type { Party } from "../referee/party.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { Expectation, Scenario, Seat } from "../scenario/schema.ts";
import { AnswerBook, type Asked } from "./answer-book.ts";

type AnswerExpectation = NonNullable<Expectation["answers"]>[number];
type LogExpectation = NonNullable<Expectation["logged"]>[number];

/** What a match left behind, beside its verdict. */
export interface Remains {
  readonly book: AnswerBook;
  /** The records of the BMC's log; undefined when nobody can look into it. */
  readonly log: readonly Uint8Array[] | undefined;
  /** How often its driver was to be taken away. */
  readonly removals: number;
}

/**
 * What the scenario expects of a match between these seats: on its interface before everywhere, of a
 * seat before of all.
 */
export function expectationFor(scenario: Scenario, seats: readonly Seat[]): Expectation {
  const everywhere = scenario.expect;
  const here = everywhere?.on?.[interfaceOf(scenario)];
  const layers = [everywhere, here].flatMap((each) => [each, ...seats.map((seat) => each?.[seat])]);
  const last = <K extends keyof Expectation>(key: K) => {
    return layers.findLast((layer) => layer?.[key] !== undefined)?.[key];
  };
  return {
    bmc: last("bmc"),
    host: last("host"),
    answers: last("answers"),
    logged: last("logged"),
    removed: last("removed"),
  };
}

/** How a match differs from what its scenario expects, a sentence each; none when it is met. */
export function misses(expected: Expectation, verdict: Verdict, remains: Remains): string[] {
  const { book, log } = remains;
  const found: string[] = [];
  if (!verdict.ended) found.push("the match did not come to its end");
  for (const party of ["bmc", "host"] as const) {
    const rules = expected[party];
    if (rules === undefined) continue;
    // What merely follows from another's breach, or is the wire's, nobody is held to.
    const ids = [...new Set(breachesBy(party, verdict).map((finding) => finding.rule))];
    for (const id of ids) {
      if (!rules.includes(id)) found.push(`the ${party} breaks ${id}, which is not expected`);
    }
    for (const id of rules) {
      if (ids.includes(id) || effects(party, verdict).includes(id)) continue;
      found.push(`the ${party} does not break ${id}, which is expected`);
    }
  }
  for (const answers of expected.answers ?? []) found.push(...answerMisses(answers, book));
  for (const logged of expected.logged ?? []) found.push(...logMisses(logged, log));
  if (expected.removed === true && book.removals < remains.removals) {
    found.push(`the driver could be taken away ${book.removals} of ${remains.removals} times`);
  }
  return found;
}

/**
 * The rules of which a breach by this party follows from another of its own. In real time the same misdeed
 * shows its effect at once in one run and later in the next, so that an expected effect may be either.
 */
function effects(party: Party, { violations }: Verdict): string[] {
  const own = violations.filter(({ follows, ...each }) => {
    return each.party === party && follows !== null && violations[follows]?.party === party;
  });
  return own.map(({ rule }) => rule);
}

/** Of a second interface nothing is expected but that both do right; the answers are in the book. */
export function secondMisses(verdict: Verdict): string[] {
  const found = misses({ bmc: [], host: [] }, verdict, NOTHING_LEFT);
  return found.map((miss) => `at the second interface: ${miss}`);
}

const NOTHING_LEFT: Remains = { book: new AnswerBook(), log: undefined, removals: 0 };

/** What a reader has to know of what is not in the trace. */
export function secondRemark({ violations, transactions }: Verdict): string {
  const broken = [...new Set(violations.map(({ rule }) => rule))].join(", ") || "no rule";
  return `the second interface is not in the trace: ${transactions} transactions, ${broken} broken`;
}

/** A match that breaks off shows neither what is expected nor anything else. */
export function brokenOff(why: string): string {
  return `the match broke off, and what was open is not judged: ${why}`;
}

/** A match without an end was given up. */
export function givenUp(events: number): string {
  return `it was given up after ${events} events, with no end in sight`;
}

function answerMisses(expected: AnswerExpectation, book: AnswerBook): string[] {
  const entries = book.of(expected.user);
  if (entries.length === 0) return [`user ${expected.user} had no request accepted`];
  if (expected.pick === "any") {
    if (entries.some((entry) => fits(expected, entry))) return [];
    return [`no request of user ${expected.user} was answered with ${wanted(expected)}`];
  }
  const chosen =
    expected.pick === "all"
      ? entries
      : entries.slice(expected.pick === "first" ? 0 : -1).slice(0, 1);
  return chosen
    .filter((entry) => !fits(expected, entry))
    .slice(0, 1)
    .map((entry) => `${nameOf(entry)} was ${got(entry)}, not ${wanted(expected)}`);
}

function logMisses({ bytes, times }: LogExpectation, log: Remains["log"]): string[] {
  if (log === undefined) return ["nobody can look into this BMC's log"];
  const wanted = hex(bytes);
  const found = log.filter((record) => hex(record).includes(wanted)).length;
  if (times === undefined ? found > 0 : found === times) return [];
  return [`the log has ${found} records with ${wanted}, not ${times ?? "one or more"}`];
}

/** How many drivers the workload takes away. */
export function removalsOf({ workload }: Scenario): number {
  const steps = workload.flatMap((actor) => actor.steps);
  return steps.filter(({ driver }) => driver !== undefined && REMOVALS.has(driver)).length;
}

const REMOVALS: ReadonlySet<string> = new Set(["remove", "unload", "hot-remove"]);

function fits(expected: AnswerExpectation, { answer, answers }: Asked): boolean {
  if (answer === undefined) return false;
  if (expected.once === true && answers !== 1) return false;
  if (expected.code !== undefined && answer.cc !== expected.code) return false;
  return expected.maker === undefined || answer.maker === expected.maker;
}

function nameOf({ request }: Asked): string {
  return `request ${request.id} (${commandName(request.netFn, request.cmd)} by ${request.user})`;
}

function got({ answer, answers, refused }: Asked): string {
  if (answer === undefined) {
    return refused === undefined ? "answered never" : `refused with ${refused}`;
  }
  const often = answers === 1 ? "" : `, ${answers} times`;
  return `answered ${codeText(answer.cc)} by ${answer.maker}${often}`;
}

function wanted(expected: AnswerExpectation): string {
  const code = expected.code === undefined ? "any code" : codeText(expected.code);
  const said = expected.maker === undefined ? code : `${code} by ${expected.maker}`;
  return expected.once === true ? `${said} once` : said;
}

function codeText(code: number): string {
  return `${code.toString(16).toUpperCase().padStart(2, "0")}h`;
}
