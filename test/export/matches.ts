import { readdirSync, readFileSync } from "node:fs";
import { HOSTS, onInterface, readScenario, runStackMatch, whyNotFor } from "../../src/lab/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import type { InterfaceKind, TraceHead } from "../../src/trace/head.ts";

/** A match of our own stack that is over. */
export interface Played {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
}

export function played(name: string, kind: InterfaceKind): Played {
  return playedText(onInterface(readFileSync(`scenarios/${name}.yaml`, "utf8"), kind), name);
}

/** The catalogue's matches on that interface, each played when it is asked for. */
export function* catalogue(kind: InterfaceKind): Generator<Played & { readonly name: string }> {
  for (const file of readdirSync("scenarios")) {
    if (!file.endsWith(".yaml")) continue;
    const text = onInterface(readFileSync(`scenarios/${file}`, "utf8"), kind);
    const scenario = readScenario(text, file);
    if (whyNotFor(scenario, HOSTS.stack) !== undefined) continue;
    yield { name: scenario.name, ...playedText(text, scenario.name) };
  }
}

function playedText(text: string, name: string): Played {
  const heads: TraceHead[] = [];
  const events: TraceEvent[] = [];
  runStackMatch(readScenario(text, name), {
    referee: false,
    sinks: (head) => {
      heads.push(head);
      return [{ event: (event) => void events.push(structuredClone(event)) }];
    },
  });
  const [head] = heads;
  if (head === undefined) throw new Error("a match without a head");
  return { head, events };
}
