import { readdirSync, readFileSync } from "node:fs";
import { HOSTS, onInterface, readScenario, whyNotFor } from "../../src/lab/index.ts";
import type { InterfaceKind } from "../../src/trace/head.ts";
import { type Match, playedMatch } from "../../tools/evidence/writers.ts";

export type { Match };

export function played(name: string, kind: InterfaceKind): Match {
  return playedMatch(readFileSync(`scenarios/${name}.yaml`, "utf8"), name, kind);
}

/** The catalogue's matches on that interface, each played when it is asked for. */
export function* catalogue(kind: InterfaceKind): Generator<Match & { readonly name: string }> {
  for (const file of readdirSync("scenarios")) {
    if (!file.endsWith(".yaml")) continue;
    const text = onInterface(readFileSync(`scenarios/${file}`, "utf8"), kind);
    const scenario = readScenario(text, file);
    if (whyNotFor(scenario, HOSTS.stack) !== undefined) continue;
    yield { name: scenario.name, ...playedMatch(text, scenario.name, kind) };
  }
}
