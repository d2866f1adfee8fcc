import { assert } from "../../assert.ts";
import type { CrashCommand } from "../../crash/commands.ts";
import { type CrashResults, Outcome } from "../../crash/results.ts";
import type { Tracer } from "../../trace/tracer.ts";

/** Tells the trace what the executor noted for the next kernel, and that the wire is that one's. */
export function tellNotes(
  tracer: Tracer,
  commands: readonly CrashCommand[],
  results: CrashResults,
): void {
  for (const [index, { outcome, completionCode = 0 }] of results.commands.entries()) {
    const command = commands[index];
    assert(command !== undefined, "what was noted was sent");
    const { bytes: message, once } = command;
    tracer.emit({ e: "noted", message, once, outcome: OUTCOMES[outcome], cc: completionCode });
  }
  tracer.emit({ e: "host", what: "handed-on", text: "" });
}

const OUTCOMES = {
  [Outcome.Answered]: "answered",
  [Outcome.NotTaken]: "not-taken",
  [Outcome.NotAnswered]: "not-answered",
  [Outcome.Absent]: "absent",
  [Outcome.OutOfTime]: "out-of-time",
  [Outcome.NotMapped]: "not-mapped",
} as const satisfies Readonly<Record<Outcome, string>>;
