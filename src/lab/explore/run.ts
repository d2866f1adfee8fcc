import { createHash } from "node:crypto";
import type { HostStack, HostStackParts } from "../../host/index.ts";
import { Course } from "../../match/course.ts";
import { expectationFor } from "../../match/expectation.ts";
import type { Watch } from "../../match/match.ts";
import { inOneGo, type Steps } from "../../match/steps.ts";
import { blamed, Referee, rules, type Verdict } from "../../referee/index.ts";
import { readFault, readPlayed } from "../../scenario/read.ts";
import type { Fault, Scenario, Seat } from "../../scenario/schema.ts";
import { faultText } from "../../scenario/vocabulary/fault.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceHead } from "../../trace/head.ts";
import { encodeEvent } from "../../trace/jsonl.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { stackMatch } from "../play.ts";
import { Endless, type Maxima, Measures } from "./measures.ts";
import type { Injection, Judge, RunPlan } from "./plan.ts";
import { Schedule } from "./schedule.ts";
import { isList, type TreeMap, textOf, treeOf } from "./tree.ts";

/** A run that makes more events than this goes round in circles. */
export const EVENTS_MAX = 3_000_000;

/** What a run showed to be wrong on the side of those who are judged. */
export interface Breach {
  /** The rule's id; `crash` when our own code threw; `endless` when the run did not end. */
  readonly rule: string;
  /** The event that broke it first. */
  readonly n: number;
  readonly detail: string;
}

/** What became of a run; plain data. */
export interface Outcome {
  /** In the order of the verdict; none when nothing is broken. */
  readonly breaches: readonly Breach[];
  /** Of a guest: what its kernel's console complained of. */
  readonly troubles?: readonly string[];
  /** Why a guest's run broke off: it says nothing then. */
  readonly interrupted?: string | undefined;
  readonly events: number;
  /** The choice points that the run came to. */
  readonly choices: number;
  readonly maxima: Maxima;
}

export interface RunOptions {
  /** Takes each event, after the referee. */
  readonly sinks?: (head: TraceHead) => readonly TraceSink[];
  /**
   * In place of our own stack; for stacks that are broken. All that they remember has to stand in fields
   * that can be seen from outside: many runs are had in one and the same stack.
   */
  readonly makeStack?: ((parts: HostStackParts) => HostStack) | undefined;
  /** Looks at the match from within. */
  readonly watch?: Watch;
  readonly eventsMax?: number;
  /** Ends a run that is had in steps: what comes of it is of no account. */
  readonly signal?: AbortSignal | undefined;
}

/** Has a plan's run. A pure function of the plan. */
export function runPlan(plan: RunPlan, options: RunOptions = {}): Outcome {
  return inOneGo(plannedRun(plan, options));
}

/** The same in steps, between which the signal is looked at. */
export function* plannedRun(plan: RunPlan, options: RunOptions = {}): Steps<Outcome> {
  // Who listens hears a run once.
  const heard = options.sinks !== undefined || options.watch !== undefined;
  const outcome = yield* judged(plan, heard ? rules : firstBook(plan.judge), options);
  return heard || isFinal(outcome, plan.judge) ? outcome : yield* judged(plan, rules, options);
}

/**
 * The rules by which a run is judged at first. By far most runs break nothing, and the rules that bind
 * the host can say that alone. Whether a breach of the host's follows from one of the BMC's takes the
 * whole book.
 */
export function firstBook(judge: Judge = "host"): typeof rules {
  return judge === "host" ? HOST_RULES : rules;
}

/** Nothing is left to be asked of the whole book. */
export function isFinal({ breaches }: Outcome, judge: Judge = "host"): boolean {
  return judge !== "host" || breaches.length === 0;
}

const HOST_RULES = rules.filter(({ party }) => party === "host");

function* judged(plan: RunPlan, book: typeof rules, options: RunOptions): Steps<Outcome> {
  const scenario = scenarioOf(plan);
  const schedule = new Schedule(plan.delays, new Course(plan.seed, scenario).choose);
  const measures = new Measures(options.eventsMax ?? EVENTS_MAX);
  const referees: Referee[] = [];
  const played = { scenario, referees, measures, schedule };
  try {
    yield* stackMatch(scenario, {
      seed: plan.seed,
      signal: options.signal,
      scenarioText: options.sinks === undefined ? "" : wholeText(plan),
      choose: schedule.choose,
      referee: false,
      sinks: (head) => {
        referees.push(new Referee(head, book));
        return [...referees, measures, ...(options.sinks?.(head) ?? [])];
      },
      ...(options.makeStack === undefined ? {} : { makeStack: options.makeStack }),
      ...(options.watch === undefined ? {} : { watch: options.watch }),
    });
  } catch (error) {
    return outcomeOf(played, plan.judge, error);
  }
  return outcomeOf(played, plan.judge);
}

/** Who took part in a run. */
export interface Played {
  readonly scenario: Scenario;
  readonly referees: readonly Referee[];
  readonly measures: Measures;
  readonly schedule: Schedule;
}

/** What came of a run, and of whatever our own code threw in it: that is a finding, too. */
export function outcomeOf(
  { scenario, referees, measures, schedule }: Played,
  judge: Judge | undefined,
  thrown?: unknown,
): Outcome {
  const breaches =
    thrown === undefined
      ? referees.flatMap((each) => breachesOf(scenario, each.verdict(), { host: "stack", judge }))
      : [crashOf(thrown, measures.lastN)];
  return { breaches, events: measures.lastN + 1, choices: schedule.asked, maxima: measures.maxima };
}

function crashOf(thrown: unknown, n: number): Breach {
  const rule = thrown instanceof Endless ? "endless" : "crash";
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { rule, n, detail };
}

/** The run's trace as one number: the SHA-256 of its events as they stand in a trace file. */
export function traceHash(plan: RunPlan, options: RunOptions = {}): TracedOutcome {
  return inOneGo(tracedRun(plan, options));
}

/** The same in steps. */
export function* tracedRun(plan: RunPlan, options: RunOptions = {}): Steps<TracedOutcome> {
  const hash = createHash("sha256");
  const sink = {
    event: (event: TraceEvent) => void hash.update(`${encodeEvent(event)}\n`),
  };
  const outcome = yield* plannedRun(plan, {
    ...options,
    sinks: (head) => [sink, ...(options.sinks?.(head) ?? [])],
  });
  return { ...outcome, trace: hash.digest("hex") };
}

/** An outcome with the SHA-256 of its trace. */
export interface TracedOutcome extends Outcome {
  readonly trace: string;
}

/**
 * A party is held to what its scenario does not expect it to break, and to no consequences; a BMC
 * that is wrong because the scenario had it so is right.
 */
export function breachesOf(
  scenario: Scenario,
  verdict: Verdict,
  { host, judge = "host" }: { host: Seat; judge?: Judge | undefined },
): readonly Breach[] {
  const expected = expectationFor(scenario, [host]);
  const found = verdict.violations
    .filter((each) => (judge === "both" || each.party === judge) && blamed(each) === each.party)
    .filter(({ party, rule }) => !(expected[party] ?? []).includes(rule))
    .filter(({ party, orders }) => party === "host" || orders.length === 0)
    .map(({ rule, n, detail }) => ({ rule, n, detail }));
  if (verdict.ended) return found;
  return [...found, { rule: "endless", n: verdict.events, detail: "the match has no end" }];
}

/** The plan's scenario with the faults that it injects. */
export function scenarioOf(plan: RunPlan): Scenario {
  const scenario = parsed(plan.scenario);
  return { ...scenario, faults: [...(scenario.faults ?? []), ...plan.inject.map(faultOf)] };
}

/** The run as a scenario, faults and all; none when its schedule is another than the ordinary. */
export function wholeText({ scenario, inject, delays }: RunPlan): string {
  if (delays.length > 0) return "";
  if (inject.length === 0) return scenario;
  const tree = treeOf(scenario);
  const own = tree["faults"];
  const injected = inject.map((injection, index) => faultTree(injection, index));
  return textOf({ ...tree, faults: [...(isList(own) ? own : []), ...injected] });
}

/** What a plan adds to its scenario, for people. */
export function planText(plan: RunPlan): string {
  const injected = plan.inject.map((injection, index) => {
    const after = injection.after === undefined ? "" : ` and ${injection.after}`;
    return `${faultText(faultOf(injection, index))} at event ${injection.at}${after}`;
  });
  const delays = plan.delays.map(({ from, count }) => {
    return `choice point${count === 1 ? "" : "s"} ${from}${count === 1 ? "" : `-${from + count - 1}`}`;
  });
  const delayed = delays.length === 0 ? [] : [`the BMC held back at ${delays.join(", ")}`];
  const { stop } = plan;
  const stopped = stop === undefined ? [] : [`${stop.deed} at the driver's access ${stop.at}`];
  return [...injected, ...delayed, ...stopped].join("; ") || "nothing added";
}

/** What is injected, as a match takes it. */
export function faultOf(injection: Injection, index: number): Fault {
  return readFault(faultTree(injection, index));
}

function faultTree(injection: Injection, index: number): TreeMap {
  const after = injection.after === undefined ? {} : { after: injection.after };
  const when = { number: String(injection.at), ...after };
  return { name: `injected[${index}]`, ...injection.fault, when };
}

let lastText: string | undefined;
let lastScenario: Scenario | undefined;

/** Explorations run one scenario many times: it is read once. */
export function parsed(text: string): Scenario {
  if (text === lastText && lastScenario !== undefined) return lastScenario;
  lastScenario = readPlayed(text, "the run's scenario");
  lastText = text;
  return lastScenario;
}
