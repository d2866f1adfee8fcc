import { readFileSync } from "node:fs";
import { Command } from "commander";
import { inTurns, readScenario, stackMatch } from "../../lab/index.ts";
import { Referee, verdictText } from "../../referee/index.ts";
import type { TraceEvent } from "../../trace/events.ts";
import { encodeEvent, readTrace, type Trace, TraceError } from "../../trace/jsonl.ts";
import { Exit, Failure } from "../failure.ts";
import { interruptible } from "../interruptible.ts";
import { replayRun } from "../replay-run.ts";

interface Replayed {
  /** The match was run again and its trace compared; undefined when that cannot be. */
  readonly identical: boolean | undefined;
  readonly text: string;
}

/** By its name, or by its own mark, a file is one that `baseboard explore` wrote. */
const RUN_FILE = /\.ya?ml$/;
const RUN_MARK = /^format: *baseboard-run$/m;

export function replayCommand(): Command {
  return new Command("replay")
    .description(
      "Judge a recorded trace again, and run its match again; or have a broken run again.",
    )
    .argument("<file>", "of `baseboard run --trace`, or a run file of `baseboard explore`")
    .option("--trace <file>", "of a run file: write the trace there, as JSON Lines")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Examples:
  baseboard run dead-channel --trace dead.trace.jsonl
  baseboard replay dead.trace.jsonl
  baseboard replay runs/cold-reset-unseen-1432.yaml
  baseboard replay runs/cold-reset-unseen-1432.yaml --trace broken.trace.jsonl

Exit status: 0 when the match, run again, gives the same trace byte for byte (or cannot be run
again, as with a guest), and for a run file also the same violations; 1 when it does not.`,
    )
    .action(replay);
}

async function replay(file: string, options: { json?: boolean; trace?: string }): Promise<void> {
  const text = textOf(file);
  if (RUN_FILE.test(file) || RUN_MARK.test(text)) return replayRun(file, text, options);
  if (options.trace !== undefined) {
    throw new Failure(Exit.WrongCommand, `${file} is a trace: --trace is for run files`);
  }
  const { head, events } = traceIn(file, text);
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  const verdict = referee.verdict();
  const again = await interruptible((signal) => runAgain(head, events, signal));
  if (options.json === true) {
    console.log(
      JSON.stringify({ ...head, verdict, identical: again.identical ?? null }, undefined, 2),
    );
  } else {
    console.log(
      `${head.scenario} on ${head.host}, recorded\n\n${verdictText(verdict)}\n${again.text}`,
    );
  }
  process.exitCode = again.identical === false ? Exit.NotAsExpected : Exit.AsExpected;
}

/** A whole trace; one that was cut is refused, since its open promises cannot be judged. */
function traceIn(file: string, text: string): Trace {
  try {
    const trace = readTrace(text);
    if (trace.cut !== undefined) throw trace.cut;
    return trace;
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw new Failure(Exit.WrongCommand, `${file}: ${error.message}`);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = RUN_FILE.test(file) ? "run file" : "trace";
    throw new Failure(Exit.WrongCommand, `cannot read the ${what} ${file}: ${why}`);
  }
}

async function runAgain(
  head: Trace["head"],
  events: readonly TraceEvent[],
  signal: AbortSignal,
): Promise<Replayed> {
  if (head.host !== "stack" || head.scenarioText === "") {
    return { identical: undefined, text: "not run again: only matches of our own stack are" };
  }
  const scenario = readScenario(head.scenarioText, `${head.scenario}, as in the trace`);
  let at = 0;
  let differs: string | undefined;
  const compare = {
    event: (event: TraceEvent) => {
      const recorded = events[at++];
      if (differs !== undefined) return;
      const before = recorded === undefined ? "nothing" : encodeEvent(recorded);
      const now = encodeEvent(event);
      if (before !== now)
        differs = `run again it differs at event ${at - 1}:\n  ${before}\n  ${now}`;
    },
  };
  const again = stackMatch(scenario, {
    sinks: () => [compare],
    seed: head.seed,
    scenarioText: head.scenarioText,
    // What goes on behind the trace's last event differs in any case.
    eventsMax: events.length,
    signal,
  });
  await inTurns(again);
  if (differs === undefined && at !== events.length) {
    differs = `run again it has ${at} events, the trace has ${events.length}`;
  }
  const same = `run again: the same trace, byte for byte, ${at} events`;
  return { identical: differs === undefined, text: differs ?? same };
}
