import { basename } from "node:path";
import { commandName } from "../ipmi/command-table.ts";
import { Referee, type Verdict, verdictText } from "../referee/index.ts";
import { readTrace, type Trace, TraceError } from "../trace/jsonl.ts";
import { OpenAtEnd } from "../trace/open-at-end.ts";
import { Exit, Failure } from "./failure.ts";
import { interruptible } from "./interruptible.ts";
import type { JsonOutput } from "./json-output.ts";
import { visible } from "./printable.ts";
import { type Again, runAgain, scenarioIn } from "./replay-again.ts";
import { eventsAround } from "./replay-at.ts";

/** What makes `replay` of a trace fail. */
export const FAIL_ON = ["violation", "fault", "none"] as const;
export type FailOn = (typeof FAIL_ON)[number];

interface Options {
  readonly json: JsonOutput;
  readonly failOn?: FailOn;
  /** The number of the event round which to show what happened, in place of the verdict. */
  readonly at?: number;
}

/** Judges a recorded trace, and runs its match again where that can be. */
export async function replayTrace(file: string, text: string, options: Options): Promise<void> {
  const trace = traceIn(file, text);
  if (options.at !== undefined) {
    const { document, text: lines } = eventsAround(trace, options.at);
    options.json.put(document, lines);
    return;
  }
  const referee = new Referee(trace.head);
  const open = new OpenAtEnd();
  for (const event of trace.events) {
    referee.event(event);
    open.event(event);
  }
  const verdict = referee.verdict();
  const scenario = scenarioIn(trace.head);
  const again = await interruptible((signal) => runAgain(trace, scenario, signal));
  const cut =
    trace.cut === undefined ? undefined : { why: trace.cut.message, open: openText(open) };
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

function breaks(verdict: Verdict, failOn: FailOn): boolean {
  switch (failOn) {
    case "violation":
      return verdict.violations.length > 0;
    case "fault":
      return verdict.fault.some((each) => each !== "wire");
    case "none":
      return false;
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

/** The verdict whose sentences hold no line ends of a stranger's, which would look like ours. */
function withVisibleTexts(verdict: Verdict): Verdict {
  const shown = (findings: Verdict["violations"]) =>
    findings.map((found) => ({
      ...found,
      seat: visible(found.seat),
      detail: visible(found.detail),
      orders: found.orders.map(visible),
      wire: found.wire.map(visible),
    }));
  return {
    ...verdict,
    violations: shown(verdict.violations),
    notes: shown(verdict.notes),
    open: verdict.open.map(visible),
  };
}

/** What was begun and is not ended, a sentence each. */
function openText(open: OpenAtEnd): string[] {
  return [
    ...open.requests.map(({ id, netFn, cmd, user, t }) => {
      return `request ${id} (${commandName(netFn, cmd)} by ${user}, accepted at ${at(t)}) has no answer`;
    }),
    ...open.atBmc.map(({ message, t }) => {
      const [netFnLun = 0, cmd = 0] = message;
      const what = message.length < 2 ? "a request" : commandName(netFnLun >> 2, cmd);
      return `the BMC read ${what} at ${at(t)} and has handed in no response`;
    }),
    ...(open.panic === undefined
      ? []
      : [`the host panicked at ${at(open.panic.t)}, and its last messages are not over`]),
    ...open.faults.map(({ name, text, t }) => `the fault ${name} (${text}) acts since ${at(t)}`),
  ];
}

function at(us: number): string {
  return `${(us / 1_000_000).toFixed(6)} s`;
}
