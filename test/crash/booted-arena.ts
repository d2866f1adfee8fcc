import { Arena, matchHead } from "../../src/match/arena.ts";
import { onInterface } from "../../src/scenario/on-interface.ts";
import { readScenario } from "../../src/scenario/read.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";

/** Long enough for the BMC to serve. */
export const BOOTED_US = 2_000_000;

export interface MatchWords {
  readonly kind?: InterfaceKind;
  readonly spacing?: 1 | 4 | 16;
  /** Of the scenario: the BMC's manners and the faults, in its own words. */
  readonly scenario?: string;
}

/** The match without its host, switched on long enough for the BMC to serve. */
export function bootedArena({ kind = "kcs", spacing = 1, scenario: words = "" }: MatchWords) {
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
  const sinks = [{ event: (each: TraceEvent) => events.push(each) }];
  const arena = new Arena(scenario, { head, sinks, referee: true, hostTags: false });
  arena.powerOn();
  arena.time.runUntil(BOOTED_US);
  return { arena, events };
}
