import { basename } from "node:path";
import type { Ladders } from "../explain/index.ts";
import { type Verdict, verdictText } from "../referee/index.ts";
import { readTrace, type Trace, TraceError } from "../trace/jsonl.ts";
import { Exit, Failure } from "./failure.ts";
import type { Gate } from "./gate.ts";
import { interruptible } from "./interruptible.ts";
import type { JsonOutput } from "./json-output.ts";
import { at, breaks, type FailOn, Judged, withVisibleTexts } from "./judged.ts";
import { visible } from "./printable.ts";
import { type Again, runAgain, scenarioIn } from "./replay-again.ts";
import { explanationText, laddersJson } from "./report/explanation.ts";
import type { Replayed } from "./report/replayed-suites.ts";
import type { TestOutcome } from "./report/suites.ts";

interface Options {
  readonly json: JsonOutput;
  readonly gate: Gate;
  readonly failOn?: FailOn;
  /** Below the verdict, what happened round each finding. */
  readonly explain?: boolean;
  /** Takes what came of it, for test tools. */
  readonly filed?: (replayed: Replayed) => void;
}

/** Judges a recorded trace, and runs its match again where that can be. */
export async function replayTrace(file: string, text: string, options: Options): Promise<void> {
  const trace = traceIn(file, text);
  const { explain = false, filed } = options;
  const judged = new Judged(trace.head, explain || filed !== undefined ? { explain: {} } : {});
  for (const event of trace.events) judged.event(event);
  const { verdict } = judged;
  const ladders = explain ? judged.ladders : undefined;
  const scenario = scenarioIn(trace.head);
  const again = await interruptible((signal) => runAgain(trace, scenario, signal));
  const cut = trace.cut === undefined ? undefined : { why: trace.cut.message, open: judged.open };
  // A match of our own is expected to show violations; a stranger's trace carries no scenario.
  const failOn = options.failOn ?? (typeof scenario === "string" ? "violation" : "none");
  const failed = again.identical === false || breaks(verdict, failOn);
  const { identical = null } = again;
  const document = () => ({
    ...trace.head,
    ...{ verdict, identical, cut: cut?.why ?? null, open: cut?.open ?? [] },
    ...(ladders === undefined ? {} : { ladders: laddersJson(ladders) }),
  });
  const usual = failed ? Exit.NotAsExpected : Exit.AsExpected;
  // A match that is another when it is run again is so whatever was broken before.
  process.exitCode = again.identical === false ? usual : options.gate.exit(document, usual);
  options.json.put(document, () => report(file, trace, { verdict, again, cut, ladders }));
  options.gate.tell(document, options.json.alone);
  const name = `${nameOf(file, trace)} on ${trace.head.host}`;
  const suite = { name, head: trace.head, verdict, ladders: judged.ladders };
  filed?.({
    name: visible(name),
    judged: suite,
    rulesCount: failOn !== "none",
    again: outcomeOf(again),
  });
}

function outcomeOf({ identical, text }: Again): TestOutcome {
  const [message = ""] = text.trim().split("\n");
  if (identical === undefined) return { state: "skipped", reason: message };
  if (identical) return { state: "passed" };
  return { state: "failed", type: "replay", message, report: `${text.trimEnd()}\n` };
}

function nameOf(file: string, { head }: Trace): string {
  return head.scenario === "" ? basename(file) : head.scenario;
}

/** A file that is no trace, or none that can be read, is refused in one line. */
function traceIn(file: string, text: string): Trace {
  try {
    return readTrace(text);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw new Failure(Exit.WrongCommand, visible(`${file}: ${error.message}`));
  }
}

interface Came {
  readonly verdict: Verdict;
  readonly again: Again;
  readonly cut: Cut | undefined;
  readonly ladders: Ladders | undefined;
}

interface Cut {
  readonly why: string;
  /** What is open where the trace breaks off, a sentence each. */
  readonly open: readonly string[];
}

function report(file: string, trace: Trace, { verdict, again, cut, ladders }: Came): string {
  const { head, events } = trace;
  const lines = [
    `${visible(nameOf(file, trace))} on ${visible(head.host)}, recorded`,
    "",
    verdictText(withVisibleTexts(verdict)),
  ];
  if (cut !== undefined) {
    const { n, t } = events.at(-1) ?? { n: 0, t: 0 };
    const where = events.length === 0 ? "before its first event" : `after event ${n} at ${at(t)}`;
    lines.push(`cut ${where} (${cut.why}); what was open there is not judged:`);
    const open = cut.open.length === 0 ? ["nothing that the trace tells of"] : cut.open;
    lines.push(...open.map((what) => `  ${visible(what)}`), "");
  }
  return [...lines, again.text, ...shownText(file, verdict, ladders)].join("\n");
}

/** What happened round each finding, or how to see it. */
function shownText(file: string, verdict: Verdict, ladders: Ladders | undefined): string[] {
  if (ladders !== undefined) return ["", explanationText(verdict, ladders)];
  if (verdict.violations.length === 0) return [];
  return [`\`baseboard explain ${file}\` shows what happened round each finding`];
}
