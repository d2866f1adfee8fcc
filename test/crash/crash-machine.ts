import { type CrashCommand, selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { type CrashBounds, executorCode, SAVED_BYTES } from "../../src/crash/executor.ts";
import {
  BOOT_PARAMS_BYTES,
  type CrashResults,
  type Outcome,
  readResults,
} from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { Arena, matchHead } from "../../src/match/arena.ts";
import type { Verdict } from "../../src/referee/index.ts";
import { onInterface } from "../../src/scenario/on-interface.ts";
import { readScenario } from "../../src/scenario/read.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { onMedium } from "../../src/wire/interface.ts";
import type { RegisterPort } from "../../src/wire/registers/port.ts";
import { AddressSpace } from "../assembler/address-space.ts";
import { Processor } from "../assembler/processor.ts";

const RSI = 6;
const _RSP = 4;
const BASE = 0xca2;
const TICKS_PER_US = 2_000;
/** Where the executor lies behind the entry that it goes on at. */
const ENTRY = -0x200;
const GIVEN_ENTRY = Uint8Array.of(0xfc, 0xfa, 0x48, 0x8d, 0x2d, 0xf7, 0xff, 0xff);
/** No run of a test is near this. */
const INSTRUCTIONS_MAX = 5_000_000;
const BOOTED_US = 2_000_000;

export const COMMANDS = [...watchdogCommands("stop"), ...selCommands("OS stop")];

export const BOUNDS: CrashBounds = {
  budgetTicks: 100_000 * TICKS_PER_US,
  ticksPerMs: 1_000 * TICKS_PER_US,
  looks: 5_000,
  tries: 3,
  restLooks: 500,
};

export interface CrashRun {
  readonly results: CrashResults;
  readonly outcomes: readonly Outcome[];
  /** Register accesses of the executor. */
  readonly accesses: number;
  readonly tookUs: number;
  readonly verdict: Verdict;
  /** What the BMC's commands were given, by the executor's time: NetFn and command. */
  readonly carriedOut: readonly string[];
  readonly events: readonly TraceEvent[];
}

export interface CrashSetup {
  readonly kind?: "kcs";
  readonly spacing?: 1 | 4 | 16;
  readonly commands?: readonly CrashCommand[];
  readonly bounds?: Partial<CrashBounds>;
  /** Of the scenario: the BMC's manners and the faults, in its own words. */
  readonly scenario?: string;
  /** What the kernel that crashed had done on the wire. */
  readonly before?: (port: RegisterPort) => void;
}

/** A machine that has crashed: the lab's wire, BMC and referee, and a processor that is the executor's. */
export function crash(setup: CrashSetup = {}): CrashRun {
  const { kind = "kcs", spacing = 1, commands = COMMANDS } = setup;
  const bounds = { ...BOUNDS, ...setup.bounds };
  const { arena, events, port } = bootedArena(setup);
  setup.before?.(port);
  const beganUs = arena.time.nowUs;
  const seen = events.length;
  const counts = { accesses: 0, instructions: 0 };
  const memory = new AddressSpace();
  const processor = new Processor(memory, {
    syscall: () => {
      throw new Error("there is no kernel");
    },
    in: (at) => {
      counts.accesses++;
      return BigInt(port.read(at - BASE));
    },
    out: (at, _bytes, value) => {
      counts.accesses++;
      port.write(at - BASE, Number(value));
    },
    ticks: () => BigInt((arena.time.nowUs - beganUs) * TICKS_PER_US + counts.instructions),
  });
  const location = { at: "io", kind, base: BASE, spacing, width: 8 } as const;
  const code = executorCode({ location, commands, bounds, entry: ENTRY, saved: GIVEN_ENTRY });
  const bootParams = memory.map(BOOT_PARAMS_BYTES, false);
  const image = memory.map(code.length - ENTRY, false);
  memory.bytes(image, SAVED_BYTES).fill(0xcc);
  memory.bytes(image - ENTRY, code.length).set(code);
  const given = processor.registers.map((_, index) => BigInt(index * 0x1111_1111));
  given[RSI] = BigInt(bootParams);
  processor.registers.splice(0, given.length, ...given);
  for (processor.rip = image - ENTRY; processor.rip !== image; counts.instructions++) {
    if (counts.instructions > INSTRUCTIONS_MAX) throw new Error("the executor has no end");
    processor.step();
  }
  check(
    given.every((value, index) => processor.get(index) === value),
    "gives back all registers",
  );
  check(!processor.interruptible && processor.upwards, "takes no interrupts");
  const entry = memory.bytes(image, SAVED_BYTES);
  check(
    GIVEN_ENTRY.every((byte, index) => entry[index] === byte),
    "puts its entry back",
  );
  const tookUs = arena.time.nowUs - beganUs;
  arena.time.runUntil(arena.time.nowUs + BOOTED_US);
  arena.tracer.emit({ e: "end", why: "done" });
  const results = readResults(memory.bytes(bootParams, BOOT_PARAMS_BYTES).slice());
  const verdict = arena.referee?.verdict();
  if (verdict === undefined) throw new Error("there is no referee");
  return {
    ...{ results, outcomes: results.commands.map(({ outcome }) => outcome), tookUs, verdict },
    ...{ accesses: counts.accesses, carriedOut: carriedOut(events.slice(seen)), events },
  };
}

/** The match without its host, switched on long enough for the BMC to serve. */
function bootedArena({ kind = "kcs", spacing = 1, scenario: words = "" }: CrashSetup) {
  const text = onInterface(
    `name: crash\ntitle: t\nsource: s\nstory: s\nuntil: 60s\nspacing: ${spacing}
workload:\n  - { user: tool, steps: [{ request: Get Device ID }] }
${words}\nexpect: { bmc: [], host: [] }\n`,
    kind,
  );
  const scenario = readScenario(text, "crash.yaml");
  const head = matchHead(scenario, {
    ...{ host: "crash", clock: "virtual", scenarioText: text },
    promises: {
      ...{ answerBoundUs: 60_000_000, internalTransfersMax: 40 },
      ...{ runAccessesMax: 1_000_000, panicBoundUs: 30_000_000 },
    },
  });
  const events: TraceEvent[] = [];
  const sinks = [{ event: (each: TraceEvent) => events.push(each) }];
  const arena = new Arena(scenario, { head, sinks, referee: true, hostTags: false });
  arena.powerOn();
  arena.time.runUntil(BOOTED_US);
  const port = onMedium(arena.wire, {
    registers: (wire) => wire.port,
    bus: () => {
      throw new Error("the interface has registers");
    },
  });
  return { arena, events, port };
}

/** The requests that the BMC's application got, as NetFn/LUN, Cmd and data. */
function carriedOut(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((event) => (event.e === "bmc.request" ? [hex(event.message)] : []));
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the executor ${what}: it does not`);
}
