import { readFileSync } from "node:fs";
import { Command } from "commander";
import { readScenario, runStackMatch } from "../../lab/index.ts";
import { Referee, verdictText } from "../../referee/index.ts";
import type { TraceEvent } from "../../trace/events.ts";
import { encodeEvent, readTrace, type Trace, TraceError } from "../../trace/jsonl.ts";
import { Exit, Failure } from "../failure.ts";

interface Replayed {
  /** The match was run again and its trace compared; undefined when that cannot be. */
  readonly identical: boolean | undefined;
  readonly text: string;
}

export function replayCommand(): Command {
  return new Command("replay")
    .description(
      "Judge a recorded trace again; and run its match again, if it was our own stack's.",
    )
    .argument("<trace>", "a trace that `baseboard run --trace` wrote")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Examples:
  baseboard run dead-channel --trace dead.trace.jsonl
  baseboard replay dead.trace.jsonl

Exit status: 0 when the match, run again, gives the same trace byte for byte (or cannot be run
again, as with a guest); 1 when it does not.`,
    )
    .action(replay);
}

function replay(file: string, options: { json?: boolean }): void {
  const { head, events } = traceIn(file);
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  const verdict = referee.verdict();
  const again = runAgain(head, events);
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
function traceIn(file: string): Trace {
  try {
    const trace = readTrace(textOf(file));
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
    throw new Failure(Exit.WrongCommand, `cannot read the trace ${file}: ${why}`);
  }
}

function runAgain(head: Trace["head"], events: readonly TraceEvent[]): Replayed {
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
  runStackMatch(scenario, {
    sinks: () => [compare],
    seed: head.seed,
    scenarioText: head.scenarioText,
  });
  if (differs === undefined && at !== events.length) {
    differs = `run again it has ${at} events, the trace has ${events.length}`;
  }
  const same = `run again: the same trace, byte for byte, ${at} events`;
  return { identical: differs === undefined, text: differs ?? same };
}
