import { answerBoundUs, panicBoundUs } from "../host/index.ts";
import { type Exploration, grouped } from "../lab/explore/index.ts";
import { durationText, interfaceOf } from "../lab/index.ts";
import { DEFAULT_PROMISES } from "../trace/head.ts";
import type { Kept } from "./broken-runs.ts";
import type { Loaded } from "./catalogue.ts";

interface Explored {
  readonly loaded: Loaded;
  readonly kind: string;
  readonly seed: number;
  readonly result: Exploration;
  readonly kept: readonly Kept[];
  readonly coverage: string;
  readonly elapsedMs: number;
}

const ENDED = {
  complete: "complete",
  time: "the time was up",
  runs: "the runs that were asked for",
  interrupted: "interrupted; nothing is left running",
} as const;

/** What an exploration came to, for a reader. */
export function explorationReport(explored: Explored): string {
  const { loaded, kind, seed, result, kept, coverage, elapsedMs } = explored;
  const { maxima } = result;
  const seconds = elapsedMs / 1_000;
  const boundUs = answerBoundUs(interfaceOf(loaded.scenario));
  const lines = [
    `${loaded.scenario.name}: ${kind}, on our own stack, seed ${seed}`,
    `${grouped(result.runs)} runs in ${seconds.toFixed(1)} s, ` +
      `${(result.runs / seconds).toFixed(0)} runs/s, ${grouped(result.events)} events: ` +
      ENDED[result.ended],
    `covered: ${coverage}`,
    "",
    `longest answer  ${durationText(maxima.answerUs)} of ${durationText(boundUs)} at most`,
    `longest panic   ${durationText(maxima.panicUs)} of ${durationText(panicBoundUs())} at most`,
    `longest burst   ${maxima.runAccesses} register accesses of ` +
      `${grouped(DEFAULT_PROMISES.runAccessesMax)} at most`,
    "",
    result.brokenRuns === 0 ? "nothing is broken" : `${grouped(result.brokenRuns)} broken runs`,
    ...kept.flatMap(keptLines),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as one JSON document. */
export function explorationJson(explored: Explored): object {
  const { loaded, kind, seed, result, kept, coverage, elapsedMs } = explored;
  const { runs, brokenRuns, events, maxima, ended } = result;
  return {
    scenario: loaded.scenario.name,
    kind,
    seed,
    ended,
    runs,
    brokenRuns,
    events,
    seconds: elapsedMs / 1_000,
    coverage,
    maxima,
    bounds: {
      answerUs: answerBoundUs(interfaceOf(loaded.scenario)),
      panicUs: panicBoundUs(),
      runAccesses: DEFAULT_PROMISES.runAccessesMax,
    },
    broken: kept,
  };
}

function keptLines({ file, rule, detail, found, shrunk, eventsFound, eventsShrunk }: Kept) {
  return [
    "",
    `${rule}  ${detail}`,
    `  found:  ${found} (${grouped(eventsFound)} events)`,
    `  shrunk: ${shrunk} (${grouped(eventsShrunk)} events)`,
    `  baseboard replay ${file}`,
  ];
}
