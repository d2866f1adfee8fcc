/** The executor of a crash: its size, its accesses, what is explored of it in a second, and what it costs a crash. */
import { readFileSync } from "node:fs";
import { type CrashCommand, selCommands, watchdogCommands } from "../src/crash/commands.ts";
import { executorCode, SAVED_BYTES } from "../src/crash/executor.ts";
import { wrapBzImage } from "../src/crash/wrap.ts";
import { type Kernel, kernelFile } from "../src/kernels/cache.ts";
import { CrashExploration } from "../src/lab/crash/explore.ts";
import { crashTest } from "../src/lab/crash/guest/crash-test.ts";
import { TICKS_PER_MS } from "../src/lab/crash/guest/crashing-guest.ts";
import { labBounds } from "../src/lab/crash/lab-bounds.ts";
import { crashedMachine } from "../src/lab/crash/machine.ts";
import { usualPlace } from "../src/lab/crash/place.ts";
import { INTERFACES, type InterfaceKind } from "../src/lab/index.ts";
import { inOneGo } from "../src/match/steps.ts";
import { findKernel } from "../src/seats/linux/index.ts";
import type { Table } from "../tools/figures/store.ts";
import { FLOOR } from "./interfaces.ts";
import { median } from "./median.ts";

const VERSION = "6.1";
const ROUNDS = 3;
/** Of the accesses, so that a round takes some seconds; and on a bus, where a run takes longer. */
const EVERY = { registers: 7, bus: 211 } as const;
/** As far as a jump goes: how far the entry lies changes no byte's place. */
const ENTRY = -0x100_0000;
const PROMPT = "bmc: { command-latency: 1us }";
const KCS = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;
const BUDGET_MS = 2_000;

const ARMED = watchdogCommands({ seconds: 300, action: "HardReset" });
const THREE = [...ARMED, ...selCommands("")];
const FIVE = [...ARMED, ...selCommands("OS stop, really now")];
/** NetFn/LUN, command and completion code; and the number of an entry. */
const ANSWERS = [3, 3, 5] as const;

export async function crashFigures(): Promise<readonly Table[]> {
  const kernel = findKernel(VERSION);
  if (kernel === undefined)
    console.log(`no kernel ${VERSION} here: \`baseboard kernels add debian:${VERSION}\`\n`);
  return [
    {
      title: "the executor: five commands, and three where the BMC answers at once",
      rows: INTERFACES.map((kind) => sizeRow(kind)),
    },
    {
      title: `runs of crash explore per second of a processor, median of ${ROUNDS} rounds`,
      rows: INTERFACES.map((kind) => [kind, `${explored(kind).toFixed(0)} runs/s`]),
    },
    ...(kernel === undefined ? [] : [await crashTable(kernel)]),
  ];
}

function sizeRow(kind: InterfaceKind): string[] {
  const bounds = labBounds(kind);
  const saved = new Uint8Array(SAVED_BYTES);
  const code = executorCode({
    ...{ location: usualPlace(kind, 4), commands: FIVE, entry: ENTRY, saved },
    bounds: { ...bounds, budgetTicks: 2 ** 40 },
  });
  const place = usualPlace(kind);
  const { accesses } = crashedMachine({ place, commands: THREE, bounds, scenario: PROMPT });
  const bytes = `${code.length} bytes`;
  // On a bus the executor has its accesses with a controller, and the floor is of the bus.
  if (kind === "ssif") return [kind, bytes, `${accesses} accesses`];
  const floor = floorOf(kind, THREE);
  const ratio = `${(accesses / floor).toFixed(2)} of the floor, ${floor}`;
  return [kind, bytes, `${accesses} accesses`, ratio];
}

function floorOf(kind: InterfaceKind, commands: readonly CrashCommand[]): number {
  const each = commands.map(({ bytes }, index) => FLOOR[kind](bytes.length, ANSWERS[index] ?? 3));
  return each.reduce((sum, accesses) => sum + accesses, 0);
}

function explored(kind: InterfaceKind): number {
  const every = kind === "ssif" ? EVERY.bus : EVERY.registers;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const exploration = new CrashExploration({ place: usualPlace(kind), commands: THREE });
    const from = process.cpuUsage();
    const tallies = exploration.trials.map((each) => inOneGo(exploration.explore(each, { every })));
    const { user, system } = process.cpuUsage(from);
    return tallies.reduce((sum, { runs }) => sum + runs, 0) / ((user + system) / 1e6);
  });
  return median(rounds);
}

async function crashTable(kernel: Kernel): Promise<Table> {
  const plain = await crashed(kernel, []);
  const well = await crashed(kernel, THREE);
  const dies = "faults:\n  - { when: { command: Get Device ID }, bmc: { hang: chip } }";
  const dead = await crashed(kernel, THREE, dies);
  const row = (name: string, { tookS, executorMs }: typeof plain) => {
    const ratio = 1 + executorMs / (plain.tookS * 1_000);
    return [name, `${tookS} s`, `${executorMs.toFixed(1)} ms of it the executor`, ratio.toFixed(4)];
  };
  return {
    title: `from the panic to the second kernel, Linux ${kernel.manifest.version}, the guest's time`,
    rows: [
      ["the plain kernel", `${plain.tookS} s`],
      row("three commands to a BMC that is well", well),
      row(`to a dead one, budget ${BUDGET_MS} ms`, dead),
    ],
  };
}

/** One crash: how long it took by the guest's clock, and by the executor's own notes how long that was at work. */
async function crashed(kernel: Kernel, commands: readonly CrashCommand[], scenario?: string) {
  const vmlinuz = readFileSync(kernelFile(kernel, kernel.manifest.image));
  const bounds = {
    ...{ budgetTicks: BUDGET_MS * TICKS_PER_MS, ticksPerMs: TICKS_PER_MS },
    ...{ looks: 5_000, tries: 3, restLooks: 500 },
  };
  const parts = { location: KCS, commands, bounds };
  const image = commands.length === 0 ? vmlinuz : wrapBzImage(vmlinuz, parts).bytes;
  const { tookS, results, second } = await crashTest({
    ...{ kernel, image, commands, place: KCS, how: "-c", clock: "guest" },
    ...{ budgetUs: BUDGET_MS * 1_000, ...(scenario === undefined ? {} : { scenario }) },
  });
  if (tookS === undefined || second === undefined) throw new Error("no second kernel came up");
  return { tookS, executorMs: results?.commands.at(-1)?.atMs ?? 0 };
}
