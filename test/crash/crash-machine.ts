import type { CrashCommand } from "../../src/crash/commands.ts";
import { type CrashBounds, executorCode, SAVED_BYTES } from "../../src/crash/executor.ts";
import type { ExecutorLocation } from "../../src/crash/interfaces.ts";
import {
  BOOT_PARAMS_BYTES,
  type CrashResults,
  type Outcome,
  readResults,
} from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import type { Verdict } from "../../src/referee/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { onMedium } from "../../src/wire/interface.ts";
import type { RegisterPort } from "../../src/wire/registers/port.ts";
import { AddressSpace } from "../assembler/address-space.ts";
import { Processor } from "../assembler/processor.ts";
import { BOOTED_US, bootedArena, type MatchWords } from "./booted-arena.ts";
import { BOUNDS, COMMANDS, TICKS_PER_US } from "./bounds.ts";

const RSI = 6;
const _RSP = 4;
const BASE = 0xca2;
/** Where the executor lies behind the entry that it goes on at. */
const ENTRY = -0x200;
const GIVEN_ENTRY = Uint8Array.of(0xfc, 0xfa, 0x48, 0x8d, 0x2d, 0xf7, 0xff, 0xff);
/** No run of a test is near this. */
const INSTRUCTIONS_MAX = 5_000_000;

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

export interface CrashSetup extends MatchWords {
  readonly kind?: ExecutorLocation["kind"];
  readonly commands?: readonly CrashCommand[];
  readonly bounds?: Partial<CrashBounds>;
  /** What the kernel that crashed had done on the wire. */
  readonly before?: (port: RegisterPort) => void;
}

/** A machine that has crashed: the lab's wire, BMC and referee, and a processor that is the executor's. */
export function crash(setup: CrashSetup = {}): CrashRun {
  const { kind = "kcs", spacing = 1, commands = COMMANDS } = setup;
  const bounds = { ...BOUNDS, ...setup.bounds };
  const { arena, events } = bootedArena(setup);
  const port = onMedium(arena.wire, {
    registers: (wire) => wire.port,
    bus: () => {
      throw new Error("the interface has registers");
    },
  });
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
  const budgetUs = Math.ceil(bounds.budgetTicks / TICKS_PER_US);
  arena.tracer.emit({ e: "host", what: "taken-over", text: `${budgetUs} us` });
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
  arena.tracer.emit({ e: "host", what: "handed-on", text: "" });
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

/** The requests that the BMC's application got, as NetFn/LUN, Cmd and data. */
function carriedOut(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((event) => (event.e === "bmc.request" ? [hex(event.message)] : []));
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the executor ${what}: it does not`);
}
