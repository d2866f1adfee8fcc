import { Arena, matchHead } from "../../match/arena.ts";
import { onInterface } from "../../scenario/on-interface.ts";
import { readScenario } from "../../scenario/read.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceHead } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import type { InterfaceKind, RegisterSpacing } from "../../wire/interface.ts";

/** Long enough for the BMC to serve. */
export const BOOTED_US = 2_000_000;

export interface MatchWords {
  readonly kind?: InterfaceKind;
  readonly spacing?: RegisterSpacing;
  /** Of the scenario: the BMC's manners and the faults, in its own words. */
  readonly scenario?: string;
  /** Takes the trace. */
  readonly sink?: ((head: TraceHead) => TraceSink) | undefined;
}

/** The match without its host, switched on long enough for the BMC to serve. */
export function bootedArena({ kind = "kcs", spacing = 1, scenario: words = "", sink }: MatchWords) {
  const text = onInterface(
    `name: crash\ntitle: t\nsource: s\nstory: s\nuntil: 60s\nspacing: ${spacing}
workload:\n  - { user: tool, steps: [{ request: Get Device ID }] }
${words}\nexpect: { bmc: [], host: [] }\n`,
    kind,
  );
  const scenario = readScenario(text, "crash.yaml");
  const head = matchHead(scenario, {
    ...{ host: "crash", clock: "virtual", scenarioText: text },
    promises: {
      ...{ answerBoundUs: 60_000_000, internalTransfersMax: 40 },
      ...{ runAccessesMax: 1_000_000, panicBoundUs: 30_000_000 },
    },
  });
  const events: TraceEvent[] = [];
  const sinks = [
    { event: (each: TraceEvent) => events.push(each) },
    ...(sink === undefined ? [] : [sink(head)]),
  ];
  const arena = new Arena(scenario, { head, sinks, referee: true, hostTags: false });
  arena.powerOn();
  arena.time.runUntil(BOOTED_US);
  return { arena, events };
}
