import { KcsBmc } from "../src/bmc/index.ts";
import { Kcs, Pace } from "../src/host/index.ts";
import { readScenario, runStackMatch, type Scenario } from "../src/lab/index.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import { KcsRegisters } from "../src/wire/kcs/registers.ts";
import type { RegisterPort } from "../src/wire/registers/port.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

/** A whole Get Device ID response. */
const DEVICE_ID_BYTES = 15 + 3;

class CountingPort implements RegisterPort {
  accesses = 0;
  readonly #inner: RegisterPort;

  constructor(inner: RegisterPort) {
    this.#inner = inner;
  }

  read(offset: number): number {
    this.accesses++;
    return this.#inner.read(offset);
  }

  write(offset: number, value: number): void {
    this.accesses++;
    this.#inner.write(offset, value);
  }
}

/** The two KCS machines and nothing else: the BMC has its turn after each step of the host. */
export class BareLoop {
  readonly #registers = new KcsRegisters();
  readonly #bmc = new KcsBmc(this.#registers);
  readonly #machine: Kcs;
  readonly #port: CountingPort;
  readonly #response: Uint8Array;

  constructor(responseBytes: number) {
    this.#response = new Uint8Array(responseBytes);
    this.#response.set([0x1c, 0x01, 0x00]);
    this.#bmc.served = true;
    this.#bmc.reset();
    this.#port = new CountingPort(this.#registers);
    this.#machine = new Kcs(this.#port);
  }

  /** Runs transactions; returns the register accesses that they took. */
  run(transactions: number, requestBytes: number): number {
    const request = new Uint8Array(requestBytes);
    request.set([0x18, 0x01]);
    const before = this.#port.accesses;
    const bmc = this.#bmc;
    let nowUs = 0;
    for (let done = 0; done < transactions; done++) {
      this.#machine.begin(request, nowUs);
      for (let pace: Pace = Pace.Again; pace !== Pace.Done; nowUs++) {
        pace = this.#machine.step(nowUs);
        if (pace === Pace.Failed) throw new Error("a transaction failed on a right wire");
        bmc.turn();
        if (bmc.request === undefined) continue;
        bmc.markRead();
        bmc.respond(this.#response);
      }
      this.#machine.reset();
    }
    return this.#port.accesses - before;
  }
}

function busyScenario(requests: number): Scenario {
  return readScenario(
    `
name: bench
title: Traffic
source: the benchmark
story: Requests as fast as they go.
until: 1000s
workload:
  - user: a
    steps: [{ request: Get Device ID, times: ${requests} }]
expect: { bmc: [], host: [] }
`,
    "bench",
  );
}

interface MatchCost {
  readonly accesses: number;
  readonly seconds: number;
}

/** A whole match: with trace and referee, or with neither. */
function matchCost(requests: number, judged: boolean): MatchCost {
  const scenario = busyScenario(requests);
  const begun = performance.now();
  const result = runStackMatch(scenario, { referee: judged });
  const seconds = (performance.now() - begun) / 1_000;
  if (result.misses.length > 0) throw new Error(result.misses.join("; "));
  return { accesses: accessesInMatch(requests), seconds };
}

const counted = new Map<number, number>();

/** Counted once, apart from the timing. */
function accessesInMatch(requests: number): number {
  const known = counted.get(requests);
  if (known !== undefined) return known;
  let accesses = 0;
  const counter = {
    event: ({ e }: TraceEvent) => {
      if (e === "host.read" || e === "host.write") accesses++;
    },
  };
  runStackMatch(busyScenario(requests), { sinks: () => [counter] });
  counted.set(requests, accesses);
  return accesses;
}

function bareCost(transactions: number): MatchCost {
  const loop = new BareLoop(DEVICE_ID_BYTES);
  const begun = performance.now();
  const accesses = loop.run(transactions, 2);
  return { accesses, seconds: (performance.now() - begun) / 1_000 };
}

const ROUNDS = 3;
const BARE_TRANSACTIONS = 200_000;
const MATCH_REQUESTS = 40_000;

/** Register accesses of two bare machines, and of whole matches beside them. */
export function wireFigures(): readonly Table[] {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => ({
    bare: rate(bareCost(BARE_TRANSACTIONS)),
    judged: rate(matchCost(MATCH_REQUESTS, true)),
    plain: rate(matchCost(MATCH_REQUESTS, false)),
  }));
  // The first round warms up.
  const measured = rounds.slice(1);
  const row = (what: string, kind: "judged" | "plain") => [
    what,
    millions(median(measured.map((round) => round[kind]))),
    `ratio ${median(measured.map((round) => round[kind] / round.bare)).toFixed(2)}`,
  ];
  return [
    {
      title: `register accesses per second, median of ${ROUNDS} rounds in one process`,
      rows: [
        ["two bare machines", millions(median(measured.map(({ bare }) => bare)))],
        row("match, trace and referee on", "judged"),
        row("match, tracing off", "plain"),
      ],
    },
  ];
}

function rate(cost: MatchCost): number {
  return cost.accesses / cost.seconds;
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M/s`;
}
