import { readFileSync } from "node:fs";
import { readScenario, runLinuxMatch, type Scenario } from "../src/lab/index.ts";
import {
  compileGuest,
  findKernel,
  type GuestProgram,
  type Kernel,
  LinuxHost,
  modulePath,
  type Step,
} from "../src/seats/linux/index.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

const VERSION = "6.1";
const ROUNDS = 5;
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"];

/** A guest that loads the drivers, finds nothing at their registers, and turns its power off. */
function bootOnly(): GuestProgram {
  const setup = DRIVERS.map(
    (name): Step => ({ step: "insert-module", path: modulePath(name), parameters: "" }),
  );
  const none = { actors: [], untilUs: 1_000_000, tickUs: 0 };
  return { ...none, setup, setupLimitUs: 20_000_000, atEnd: "power-off" };
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) / 1_000;
}

async function plainBoot(kernel: Kernel): Promise<void> {
  const nothing = { read: () => 0xff, write: () => {} };
  const machine = { port: nothing, tick: () => {}, report: () => {}, console: () => {} };
  const program = compileGuest(bootOnly());
  const options = { kernel, machine, program, interrupt: "timer", wallLimitMs: 60_000 } as const;
  const host = await LinuxHost.start(options);
  await host.ended;
}

interface MatchTimes {
  readonly whole: number;
  readonly firstRequest: number;
}

async function match(kernel: Kernel, scenario: Scenario, snapshot: boolean): Promise<MatchTimes> {
  const begun = performance.now();
  let firstRequest = Number.NaN;
  const watch = (event: TraceEvent) => {
    if (event.e !== "bmc.request" || !Number.isNaN(firstRequest)) return;
    firstRequest = (performance.now() - begun) / 1_000;
  };
  const whole = await seconds(() => {
    return runLinuxMatch(scenario, { kernel, snapshot, sinks: () => [{ event: watch }] });
  });
  return { whole, firstRequest };
}

/** A Linux match against a plain boot of the same kernel with the same flags. */
export async function linuxFigures(): Promise<readonly Table[]> {
  const kernel = findKernel(VERSION);
  if (kernel === undefined) {
    console.log(`no kernel ${VERSION} here: \`baseboard kernels add debian:${VERSION}\`\n`);
    return [];
  }
  const file = new URL("../scenarios/a-right-match.yaml", import.meta.url);
  const scenario = readScenario(readFileSync(file, "utf8"), "a-right-match.yaml");
  await match(kernel, scenario, true);
  const boots: number[] = [];
  const plain: MatchTimes[] = [];
  const restored: MatchTimes[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    boots.push(await seconds(() => plainBoot(kernel)));
    plain.push(await match(kernel, scenario, false));
    restored.push(await match(kernel, scenario, true));
  }
  const boot = median(boots);
  const row = (what: string, times: readonly MatchTimes[]) => {
    const whole = median(times.map((each) => each.whole));
    const ratio = median(times.map((each, index) => each.whole / (boots[index] ?? Number.NaN)));
    const first = median(times.map((each) => each.firstRequest));
    const rest = `ratio ${ratio.toFixed(2)}; spawn to first request ${first.toFixed(2)}`;
    return [what, whole.toFixed(2), rest];
  };
  return [
    {
      title: `Linux ${kernel.manifest.version}, wall seconds, median of ${ROUNDS} rounds`,
      rows: [
        ["plain boot, drivers loaded, power off", boot.toFixed(2)],
        row("match, booted anew", plain),
        row("match, from a snapshot", restored),
      ],
    },
  ];
}
