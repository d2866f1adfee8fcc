/** What the judge costs: the referee alone, on events that were recorded before. */
import { pathToFileURL } from "node:url";
import {
  INTERFACES,
  type InterfaceKind,
  readScenario,
  runStackMatch,
  type Scenario,
} from "../src/lab/index.ts";
import * as referee from "../src/referee/index.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import type { TraceHead } from "../src/trace/head.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

const ROUNDS = 21;
const REQUESTS = 2_000;

/** What is judged: a machine that is monitored, with some of its stores read again and again. */
export function trafficOn(kind: InterfaceKind): Scenario {
  const each = REQUESTS / 5;
  return readScenario(
    `
name: bench
title: Traffic of a monitor
source: the benchmark
story: Requests as fast as they go.
interface: ${kind}
until: 1000s
bmc: { command-latency: 0us }
workload:
  - user: a
    steps:
      - { request: Get Device ID, times: ${each} }
      - { request: Get Self Test Results, times: ${each} }
      - { request: Get SEL Info, times: ${each} }
      - { request: Get SDR Repository Info, times: ${each} }
      - { request: Get Watchdog Timer, times: ${each} }
expect: { host: [] }
`,
    "bench",
  );
}

interface Recorded {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
  readonly transactions: number;
}

function recorded(kind: InterfaceKind): Recorded {
  const heads: TraceHead[] = [];
  const events: TraceEvent[] = [];
  const result = runStackMatch(trafficOn(kind), {
    sinks: (head) => {
      heads.push(head);
      return [{ event: (event) => void events.push(structuredClone(event)) }];
    },
  });
  const [head] = heads;
  if (head === undefined) throw new Error("a match without a head");
  return { head, events, transactions: result.verdict.transactions };
}

type Judge = Pick<typeof referee, "Referee" | "rules">;

/** µs for each transaction. */
function cost({ Referee, rules }: Judge, { head, events, transactions }: Recorded): number {
  const judge = new Referee(head, rules);
  const from = performance.now();
  for (const event of events) judge.event(event);
  judge.verdict();
  return ((performance.now() - from) * 1_000) / transactions;
}

/**
 * The judge's cost by interface; and as a ratio to that of another checkout's judge, both on the same
 * events and in turn. `against`: that checkout's folder.
 */
export async function judgeFigures(against?: string): Promise<readonly Table[]> {
  const before = against === undefined ? undefined : await judgeOf(against);
  return [
    {
      title: `the judge alone, µs for each transaction, median of ${ROUNDS} rounds`,
      rows: INTERFACES.map((kind) => [kind, textOf(recorded(kind), before)]),
    },
  ];
}

async function judgeOf(folder: string): Promise<Judge> {
  const other: Judge = await import(pathToFileURL(`${folder}/src/referee/index.ts`).href);
  return other;
}

function textOf(match: Recorded, before: Judge | undefined): string {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const now = cost(referee, match);
    return { now, ratio: before === undefined ? undefined : now / cost(before, match) };
  }).slice(1);
  const now = `${median(rounds.map((round) => round.now)).toFixed(1)} µs`;
  if (before === undefined) return now;
  return `${now}, ${median(rounds.map(({ ratio = Number.NaN }) => ratio)).toFixed(2)} of before`;
}
