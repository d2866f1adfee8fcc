import { inTurns, readPlayed, type Scenario, ScenarioError, stackMatch } from "../lab/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import { encodeEvent, type Trace } from "../trace/jsonl.ts";
import { visible } from "./printable.ts";

/** What came of running a trace's match again. */
export interface Again {
  /** The trace is the same; undefined when its match cannot be run again. */
  readonly identical: boolean | undefined;
  readonly text: string;
}

/** The scenario that a trace carries; a sentence when there is none that can be read. */
export function scenarioIn({ scenario, scenarioText }: Trace["head"]): Scenario | string {
  if (scenarioText === "") return "it carries no scenario";
  try {
    return readPlayed(scenarioText, `${visible(scenario)}, as in the trace`);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.message;
  }
}

/** Runs the match again, if it is one of our own stack, and holds its events against the trace. */
export async function runAgain(
  trace: Trace,
  scenario: Scenario | string,
  signal: AbortSignal,
): Promise<Again> {
  const { head, events, cut } = trace;
  if (typeof scenario === "string") return cannot(scenario);
  if (head.host !== "stack") return cannot("only matches of our own stack are");
  const comparison = new Comparison(events);
  const again = stackMatch(scenario, {
    sinks: () => [comparison],
    seed: head.seed,
    scenarioText: head.scenarioText,
    // What goes on behind the trace's last event differs in any case, or was cut off.
    eventsMax: events.length,
    signal,
  });
  await inTurns(again);
  const differs = comparison.differs(cut !== undefined);
  const what = cut === undefined ? "the same trace" : "the same as far as the trace goes";
  const same = `run again: ${what}, byte for byte, ${events.length} events`;
  return { identical: differs === undefined, text: differs ?? same };
}

function cannot(why: string): Again {
  return { identical: undefined, text: `not run again: ${why}` };
}

/** Holds the events of a match against those of a trace. */
class Comparison {
  readonly #events: readonly TraceEvent[];
  #at = 0;
  #differs: string | undefined;

  constructor(events: readonly TraceEvent[]) {
    this.#events = events;
  }

  event(event: TraceEvent): void {
    const recorded = this.#events[this.#at++];
    if (recorded === undefined || this.#differs !== undefined) return;
    const before = encodeEvent(recorded);
    const now = encodeEvent(event);
    if (before === now) return;
    this.#differs = `run again it differs at event ${this.#at - 1}:\n  ${before}\n  ${now}`;
  }

  /** How the match differs; of a trace that was cut, only as far as it goes. */
  differs(cut: boolean): string | undefined {
    const { length } = this.#events;
    if (this.#differs !== undefined || this.#at === length) return this.#differs;
    if (cut && this.#at > length) return undefined;
    return `run again it has ${this.#at} events, the trace has ${length}`;
  }
}
