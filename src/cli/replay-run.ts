import {
  type Breach,
  planText,
  type RunFile,
  RunFileError,
  readRunFile,
  type TracedOutcome,
  traceHash,
} from "../lab/explore/index.ts";
import { Exit, Failure } from "./failure.ts";
import { TraceFile } from "./trace-file.ts";

interface ReplayOptions {
  readonly json?: boolean;
  readonly trace?: string;
}

/** Has a broken run again, and holds what comes of it against the run file. */
export function replayRun(file: string, text: string, options: ReplayOptions): void {
  const run = runIn(file, text);
  const outcome = have(run, options.trace);
  const differences = differencesOf(run, outcome);
  const { breaches, events, trace } = outcome;
  if (options.json === true) {
    const identical = differences.length === 0;
    const document = { file, identical, differences, violations: breaches, events, trace };
    console.log(JSON.stringify(document, undefined, 2));
  } else {
    const same = `run again: the same violations and the same trace, byte for byte, ${events} events`;
    const verdict = breaches.length === 0 ? ["nothing is broken"] : breaches.map(breachText);
    const lines = [planText(run.plan), "", ...verdict, ""];
    console.log([...lines, ...(differences.length === 0 ? [same] : differences)].join("\n"));
  }
  process.exitCode = differences.length === 0 ? Exit.AsExpected : Exit.NotAsExpected;
}

function runIn(file: string, text: string): RunFile {
  try {
    return readRunFile(text, file);
  } catch (error) {
    if (!(error instanceof RunFileError)) throw error;
    throw new Failure(Exit.WrongCommand, error.message);
  }
}

function have({ plan }: RunFile, tracePath: string | undefined): TracedOutcome {
  if (tracePath === undefined) return traceHash(plan);
  const file = new TraceFile(tracePath);
  try {
    const outcome = traceHash(plan, { sinks: (head) => [file.begin(head)] });
    file.finish();
    return outcome;
  } finally {
    file.discard();
  }
}

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
