import {
  INTERFACES,
  type InterfaceKind,
  onInterface,
  playBetween,
  readScenario,
} from "../src/lab/index.ts";
import { findKernel, type Kernel } from "../src/seats/linux/index.ts";
import { linux } from "../src/seats/linux/match/party.ts";
import { model } from "../src/seats/model/party.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import { witnessOf } from "../tools/evidence/witnessed.ts";
import type { Table } from "../tools/figures/store.ts";

const VERSION = "6.1";
const TRANSACTIONS = 300;
/** How the guest's driver waits: for interrupts, or by looking again and again. */
const WAITS = ["irq", "poll"] as const;
type Waits = (typeof WAITS)[number];
const scenarioText = (waits: Waits) => `
name: capture-cost
title: One request after the other
source: an example
covers: []
story: A monitor asks as fast as it gets answers.
seats: [stack, linux]
until: 60s
host: { interrupt: true, linux: ${waits} }
workload: [{ user: monitor, steps: [{ request: Get Device ID, times: ${TRANSACTIONS} }] }]
expect: { bmc: [], host: [] }
`;

/**
 * What capturing costs the machine: a guest's time for a transaction, with the script at work and
 * without. Guest time counts the instructions that the guest's processor makes, and a register access of
 * ours takes none of it: on real hardware each takes a microsecond besides, and the ratio is smaller.
 */
export async function captureFigures(): Promise<readonly Table[]> {
  const kernel = findKernel(VERSION);
  if (kernel === undefined) {
    console.log(`no kernel ${VERSION} here: \`baseboard kernels add debian:${VERSION}\`\n`);
    return [];
  }
  const rows: string[][] = [];
  for (const waits of WAITS) {
    for (const kind of INTERFACES) {
      const without = await usEach(kernel, { kind, waits, captured: false });
      const captured = await usEach(kernel, { kind, waits, captured: true });
      const ratio = `ratio ${(captured / without).toFixed(2)}`;
      const what = `${kind}, ${waits === "irq" ? "interrupts" : "polled"}`;
      rows.push([what, captured.toFixed(0), `${ratio}; without ${without.toFixed(0)}`]);
    }
  }
  const title = `Linux ${kernel.manifest.version}, guest µs a transaction while it is captured`;
  return [{ title, rows }];
}

/** From the first request to the last answer, by the match's own time. */
async function usEach(
  kernel: Kernel,
  { kind, waits, captured }: { kind: InterfaceKind; waits: Waits; captured: boolean },
): Promise<number> {
  const scenario = readScenario(onInterface(scenarioText(waits), kind), "capture-cost.yaml");
  const times: number[] = [];
  const event = ({ e, t }: TraceEvent) => {
    if (e === "request" || e === "answer") times.push(t);
  };
  const settings = captured ? { witness: witnessOf(kind, () => {}) } : {};
  const parties = { host: linux(kernel, settings), bmc: model };
  await playBetween(parties, scenario, { snapshot: false, sinks: () => [{ event }] });
  return ((times.at(-1) ?? Number.NaN) - (times[0] ?? Number.NaN)) / TRANSACTIONS;
}
