/** What a transaction costs on each interface: ours, the least that the protocol allows, Linux's. */
import {
  INTERFACES,
  type InterfaceKind,
  readScenario,
  runStackMatch,
  type Scenario,
} from "../src/lab/index.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

const ROUNDS = 3;
const REQUESTS = 4_000;

interface Exchange {
  readonly what: string;
  /** NetFn/LUN, Cmd and data, in bytes. */
  readonly request: number;
  /** NetFn/LUN, Cmd, completion code and data, in bytes. */
  readonly response: number;
}

const EXCHANGES: readonly Exchange[] = [
  { what: "Get Device ID, 2 bytes to 18", request: 2, response: 18 },
  { what: "6 bytes to 32", request: 6, response: 32 },
  { what: "6 bytes to 250", request: 6, response: 250 },
];

/**
 * Counted on the same wire with a BMC that answers at once, the kernel's driver as it is. SMIC's
 * last is no number: the driver takes 80 bytes at most. SSIF's are the bytes on the bus.
 */
const LINUX: Readonly<Record<InterfaceKind, readonly (number | undefined)[]>> = {
  kcs: [67, 121, 775],
  smic: [114, 204, undefined],
  bt: [37, 55, 273],
  ssif: [29, 47, 315],
};

/** The least that each protocol allows, for `n` bytes to the BMC and `m` from it. */
export const FLOOR: Readonly<Record<InterfaceKind, (n: number, m: number) => number>> = {
  // A write for each byte, WRITE_START, WRITE_END and each READ; a look at the status after each.
  kcs: (n, m) => 2 * (n + 2 + m) + m + 1,
  // A handshake of five for each byte, and one for RD_END, which needs no data.
  smic: (n, m) => 5 * (n + m) + 4,
  // The frames with length and sequence number, and at each end the bits that hand them over.
  bt: (n, m) => n + 2 + (m + 2) + 8,
  // The bytes of both blocks, with addresses, commands and counts; 32, then 31 in a block.
  ssif: (n, m) => n + 3 + readBytes(m),
};

const SINGLE_MAX = 32;
const START_DATA = 30;
const MIDDLE_DATA = 31;
/** Address, command, address again, count. */
const READ_OVERHEAD = 4;

function readBytes(response: number): number {
  if (response <= SINGLE_MAX) return READ_OVERHEAD + response;
  const more = Math.ceil((response - START_DATA) / MIDDLE_DATA);
  // Each block after the first begins with its number; the first with 00h 01h.
  return READ_OVERHEAD + 2 + response + more * (READ_OVERHEAD + 1);
}

function scenarioOf(kind: InterfaceKind, { request, response }: Exchange, times: number) {
  const data = "00 ".repeat(request - 2).trim();
  return readScenario(
    `
name: bench
title: Traffic
source: the benchmark
story: Requests as fast as they go.
interface: ${kind}
until: 1000s
bmc: { command-latency: 0us }
workload:
  - user: a
    steps: [{ raw: 18 01 ${data}, times: ${times} }]
faults:
  - when: { start: true }
    answer: { to: Get Device ID, length: ${response} }
expect: { host: [] }
`,
    "bench",
  );
}

const AT_WIRE: ReadonlySet<string> = new Set(["host.read", "host.write"]);

/** The accesses, or the bytes on the bus, of the last of a few transactions. */
function costOf(scenario: Scenario): number {
  let cost = 0;
  let last = 0;
  let sending = false;
  const counter = {
    event: (event: TraceEvent) => {
      if (event.e === "request" && event.user === "a") last = event.id;
      if (event.e === "send") {
        sending = event.id === last;
        cost = sending ? 0 : cost;
      }
      if (event.e === "received") sending = false;
      if (!sending) return;
      if (AT_WIRE.has(event.e)) cost++;
      else if (event.e === "host.bus" && event.op !== "stop") cost++;
    },
  };
  runStackMatch(scenario, { sinks: () => [counter] });
  return cost;
}

function rateOf(kind: InterfaceKind): number {
  const [deviceId] = EXCHANGES;
  if (deviceId === undefined) return Number.NaN;
  const scenario = scenarioOf(kind, deviceId, REQUESTS);
  const from = performance.now();
  runStackMatch(scenario);
  return REQUESTS / ((performance.now() - from) / 1_000);
}

/** The figures of each interface. */
export function interfaceFigures(): readonly Table[] {
  return [
    {
      title: "accesses of one transaction (SSIF: bytes on the bus): ours, the floor, Linux's",
      rows: INTERFACES.flatMap((kind) => EXCHANGES.map((_, index) => costRow(kind, index))),
    },
    {
      title: "simulated transactions per second, Get Device ID, the referee on",
      rows: rateRows(),
    },
  ];
}

function costRow(kind: InterfaceKind, index: number): string[] {
  const exchange = EXCHANGES[index];
  if (exchange === undefined) return [];
  const ours = costOf(scenarioOf(kind, exchange, 3));
  const floor = FLOOR[kind](exchange.request, exchange.response);
  const linux = LINUX[kind][index];
  const ratios = [`${(ours / floor).toFixed(2)} of the floor`];
  if (linux !== undefined) ratios.push(`${(ours / linux).toFixed(2)} of Linux`);
  return [kind, exchange.what, `${ours}, ${floor}, ${linux ?? "-"}: ${ratios.join(", ")}`];
}

function rateRows(): string[][] {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => INTERFACES.map(rateOf));
  // The first round warms up.
  const measured = rounds.slice(1);
  const kcs = median(measured.map(([rate]) => rate ?? Number.NaN));
  return INTERFACES.map((kind, index) => {
    const rate = median(measured.map((rates) => rates[index] ?? Number.NaN));
    return [kind, `${rate.toFixed(0)}/s, ${(rate / kcs).toFixed(2)} of KCS`];
  });
}
