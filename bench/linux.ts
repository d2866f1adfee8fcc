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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A Linux match against a plain boot of the same kernel with the same flags. */
export async function linuxFigures(): Promise<void> {
  const kernel = findKernel(VERSION);
  if (kernel === undefined) {
    console.log(`\nno kernel ${VERSION} here: \`baseboard kernels add debian:${VERSION}\``);
    return;
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
  console.log(`\nLinux ${kernel.manifest.version}, wall seconds, median of ${ROUNDS} rounds`);
  console.log(`  plain boot, drivers loaded, power off     ${boot.toFixed(2)}`);
  for (const [what, times] of [
    ["match, booted anew", plain],
    ["match, from a snapshot", restored],
  ] as const) {
    const whole = median(times.map((each) => each.whole));
    const ratio = median(times.map((each, index) => each.whole / (boots[index] ?? Number.NaN)));
    const first = median(times.map((each) => each.firstRequest));
    console.log(
      `  ${what.padEnd(40)}  ${whole.toFixed(2)}  ratio ${ratio.toFixed(2)}; ` +
        `spawn to first request ${first.toFixed(2)}`,
    );
  }
}
