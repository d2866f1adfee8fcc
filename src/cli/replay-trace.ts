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

interface Options {
  readonly json: JsonOutput;
  readonly gate: Gate;
  readonly failOn?: FailOn;
  /** Below the verdict, what happened round each finding. */
  readonly explain?: boolean;
}

/** Judges a recorded trace, and runs its match again where that can be. */
export async function replayTrace(file: string, text: string, options: Options): Promise<void> {
  const trace = traceIn(file, text);
  const judged = new Judged(trace.head, options.explain === true ? { explain: {} } : {});
  for (const event of trace.events) judged.event(event);
  const { verdict, ladders } = judged;
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

function report(
  file: string,
  { head, events }: Trace,
  { verdict, again, cut, ladders }: Came,
): string {
  const name = head.scenario === "" ? basename(file) : head.scenario;
  const lines = [
    `${visible(name)} on ${visible(head.host)}, recorded`,
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
