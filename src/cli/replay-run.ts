import { basename } from "node:path";
import { Ladders } from "../explain/index.ts";
import type { BmcKernel } from "../kernels/bmc-kernel.ts";
import {
  type Breach,
  planText,
  type RunFile,
  RunFileError,
  readRunFile,
  runOnDriver,
  runOnGuest,
  type TracedOutcome,
  tracedRun,
} from "../lab/explore/index.ts";
import { bmcKernel, inTurns } from "../lab/index.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Exit, Failure } from "./failure.ts";
import { hostOf } from "./hosts.ts";
import { interruptible } from "./interruptible.ts";
import type { JsonOutput } from "./json-output.ts";
import { visible } from "./printable.ts";
import { explanationText, laddersJson } from "./report/explanation.ts";
import type { Replayed } from "./report/replayed-suites.ts";
import type { TestOutcome } from "./report/suites.ts";
import { TraceFile } from "./trace-file.ts";

interface ReplayOptions {
  readonly json: JsonOutput;
  readonly trace?: string;
  /** Below the violations, what happened round each. */
  readonly explain?: boolean;
  /** Takes what came of it, for test tools. */
  readonly filed?: (replayed: Replayed) => void;
}

/** Has a broken run again, and holds what comes of it against the run file. */
export async function replayRun(
  file: string,
  content: string,
  options: ReplayOptions,
): Promise<void> {
  const run = runIn(file, content);
  let ladders: Ladders | undefined;
  const sinks: Sinks = (head) => {
    if (options.explain === true) ladders = new Ladders(head);
    return ladders === undefined ? [] : [ladders];
  };
  const outcome = await have(run, options.trace, sinks);
  if (outcome.interrupted !== undefined) {
    throw new Failure(Exit.Missing, `the run broke off: ${outcome.interrupted}`);
  }
  const differences = differencesOf(run, outcome);
  const { breaches, events, trace } = outcome;
  const identical = differences.length === 0;
  process.exitCode = identical ? Exit.AsExpected : Exit.NotAsExpected;
  const text = () => {
    const same = `run again: the same violations and the same trace, byte for byte, ${events} events`;
    const verdict = breaches.length === 0 ? ["nothing is broken"] : breaches.map(breachText);
    const seat = run.bmc ?? (run.host === "stack" ? undefined : run.host);
    const on = seat === undefined ? "" : `on ${seat}: `;
    const lines = [`${on}${planText(run.plan)}`, "", ...verdict, ""];
    const shown = ladders === undefined ? [] : ["", explanationText(ladders.verdict(), ladders)];
    return [...lines, ...(identical ? [same] : differences), ...shown].join("\n");
  };
  options.json.put(
    () => ({
      ...{ file, identical, differences, violations: breaches, events, trace },
      ...(ladders === undefined ? {} : { ladders: laddersJson(ladders) }),
    }),
    text,
  );
  const name = visible(`${basename(file)} on ${run.host}`);
  options.filed?.({ name, judged: undefined, rulesCount: false, again: outcomeOf(differences) });
}

function outcomeOf(differences: readonly string[]): TestOutcome {
  const [first] = differences;
  if (first === undefined) return { state: "passed" };
  const message = first.split("\n")[0] ?? "";
  return { state: "failed", type: "replay", message, report: `${differences.join("\n")}\n` };
}

function runIn(file: string, text: string): RunFile {
  try {
    return readRunFile(text, file);
  } catch (error) {
    if (!(error instanceof RunFileError)) throw error;
    throw new Failure(Exit.WrongCommand, visible(error.message));
  }
}

async function have(
  run: RunFile,
  tracePath: string | undefined,
  sinks: Sinks,
): Promise<TracedOutcome> {
  if (tracePath === undefined) return haveWith(run, sinks);
  const file = new TraceFile(tracePath);
  try {
    const outcome = await haveWith(run, (head) => [file.begin(head), ...sinks(head)]);
    file.finish();
    return outcome;
  } finally {
    file.discard();
  }
}

async function haveWith({ host, bmc, plan }: RunFile, sinks: Sinks): Promise<TracedOutcome> {
  if (bmc !== undefined) return runOnDriver(plan, { kernel: kernelOf(bmc), sinks });
  const seat = hostOf(host);
  return interruptible((signal) => {
    if (seat.pure) return inTurns(tracedRun(plan, { sinks, signal }));
    return runOnGuest(plan, { host: seat, sinks, signal });
  });
}

function kernelOf(bmc: string): BmcKernel {
  const kernel = bmcKernel(bmc);
  if (kernel !== undefined) return kernel;
  throw new Failure(Exit.WrongCommand, `bmc ${visible(bmc)}: no linux:VERSION`);
}

type Sinks = (head: TraceHead) => readonly TraceSink[];

/** A sentence for each way in which the run differs from its file. */
function differencesOf(run: RunFile, outcome: TracedOutcome): string[] {
  const found: string[] = [];
  const before = run.breaches.map(breachText).join("; ") || "nothing is broken";
  const now = outcome.breaches.map(breachText).join("; ") || "nothing is broken";
  if (before !== now)
    found.push(`run again the verdict differs:\n  file: ${before}\n  now:  ${now}`);
  if (run.events !== outcome.events) {
    found.push(`run again it has ${outcome.events} events, the file says ${run.events}`);
  }
  if (run.trace !== outcome.trace) {
    found.push(`run again the trace differs: ${outcome.trace}, the file says ${run.trace}`);
  }
  return found;
}

function breachText({ rule, n, detail }: Breach): string {
  return `${rule} at event ${n}: ${detail}`;
}
