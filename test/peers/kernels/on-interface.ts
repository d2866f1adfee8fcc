import { readFileSync } from "node:fs";
import {
  type InterfaceKind,
  type MatchResult,
  onInterface,
  readScenario,
  runLinuxMatch,
} from "../../../src/lab/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { kernelFor } from "./kernel.ts";

export interface Played {
  readonly result: MatchResult;
  readonly events: readonly TraceEvent[];
}

/** A scenario of the catalogue, by a kernel, on that interface. */
export async function play(name: string, kind: InterfaceKind, version: string): Promise<Played> {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  const text = onInterface(readFileSync(file, "utf8"), kind);
  const events: TraceEvent[] = [];
  const sink = { event: (event: TraceEvent) => void events.push({ ...event }) };
  const kernel = await kernelFor(version, kind);
  const scenario = readScenario(text, `${name}.yaml`);
  const result = await runLinuxMatch(scenario, { kernel, sinks: () => [sink] });
  return { result, events };
}
