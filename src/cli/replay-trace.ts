import { basename } from "node:path";
import { type Verdict, verdictText } from "../referee/index.ts";
import { readTrace, type Trace, TraceError } from "../trace/jsonl.ts";
import { Exit, Failure } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import type { JsonOutput } from "./json-output.ts";
import { at, breaks, type FailOn, Judged, withVisibleTexts } from "./judged.ts";
import { visible } from "./printable.ts";
import { type Again, runAgain, scenarioIn } from "./replay-again.ts";
import { eventsAround } from "./replay-at.ts";

interface Options {
  readonly json: JsonOutput;
  readonly failOn?: FailOn;
  /** The number of the event round which to show what happened, in place of the verdict. */
  readonly at?: number;
  /** With `at`: passwords and keys are shown, too. */
  readonly unmasked?: boolean;
}

/** Judges a recorded trace, and runs its match again where that can be. */
export async function replayTrace(file: string, text: string, options: Options): Promise<void> {
  const trace = traceIn(file, text);
  if (options.at !== undefined) {
    const { document, text: lines } = eventsAround(trace, {
      n: options.at,
      unmasked: options.unmasked ?? false,
    });
    options.json.put(document, lines);
    return;
  }
  const judged = new Judged(trace.head);
  for (const event of trace.events) judged.event(event);
  const { verdict } = judged;
  const scenario = scenarioIn(trace.head);
  const again = await interruptible((signal) => runAgain(trace, scenario, signal));
  const cut = trace.cut === undefined ? undefined : { why: trace.cut.message, open: judged.open };
  // A match of our own is expected to show violations; a stranger's trace carries no scenario.
  const failOn = options.failOn ?? (typeof scenario === "string" ? "violation" : "none");
  const failed = again.identical === false || breaks(verdict, failOn);
  process.exitCode = failed ? Exit.NotAsExpected : Exit.AsExpected;
  const { identical = null } = again;
  options.json.put(
    () => ({ ...trace.head, verdict, identical, cut: cut?.why ?? null, open: cut?.open ?? [] }),
    () => report(file, trace, { verdict, again, cut }),
  );
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
}

interface Cut {
  readonly why: string;
  /** What is open where the trace breaks off, a sentence each. */
  readonly open: readonly string[];
}

function report(file: string, { head, events }: Trace, { verdict, again, cut }: Came): string {
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
  const [first] = verdict.violations;
  const look =
    first === undefined
      ? []
      : [`\`baseboard replay ${file} --at ${first.n}\` shows what happened round event ${first.n}`];
  return [...lines, again.text, ...look].join("\n");
}
