import { Processor } from "../../assembler/processor.ts";
import type { CrashCommand } from "../../crash/commands.ts";
import { type CrashBounds, executorCode, SAVED_BYTES } from "../../crash/executor.ts";
import type { ExecutorLocation } from "../../crash/interfaces.ts";
import { BOOT_PARAMS_BYTES, type CrashResults, readResults } from "../../crash/results.ts";
import type { Arena } from "../../match/arena.ts";
import type { Verdict } from "../../referee/index.ts";
import { isHostAccess } from "../../trace/event-names.ts";
import type { TraceHead } from "../../trace/head.ts";
import type { Tracer, TraceSink } from "../../trace/tracer.ts";
import { onSystemInterface } from "../../wire/interface.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { BOOTED_US, bootedArena } from "./booted-arena.ts";
import { StrictController } from "./controller.ts";
import { tellNotes } from "./notes.ts";
import { type MappedDevice, PagedMemory, type Paging } from "./paged-memory.ts";
import { bytesOf, type LabPlace, spacingOf } from "./place.ts";

/** How fast the processor of a crashed machine counts. */
export const TICKS_PER_US = 2_000;
const RSI = 6;
/** Where the entry lies that the executor goes on at, seen from the executor. */
const ENTRY = -0x200;
const ENTRY_BYTES = Uint8Array.of(0xfc, 0xfa, 0x48, 0x8d, 0x2d, 0xf7, 0xff, 0xff);
/** What is at the entry before the executor has put it back. */
const TRAP = 0xcc;
/** As long as an access of a bus's controller takes here: the specification's waits on a bus are long ones. */
const CONTROLLER_ACCESS_US = 20;
/** No run with bounds that a lab's time is spent on is near this. */
const INSTRUCTIONS_MAX = 20_000_000;
const FLOATING = 0xffn;

export interface CrashSetup {
  readonly place: LabPlace;
  readonly commands: readonly CrashCommand[];
  readonly bounds: CrashBounds;
  /** What its processor is; four levels of page tables and 46 bits when left out. */
  readonly paging?: Paging;
  /** Of a scenario: the BMC's manners and the faults, in its own words. */
  readonly scenario?: string;
  /** What the kernel that crashed had done on the wire. */
  readonly before?: ((port: RegisterPort) => void) | undefined;
  /** Takes the trace. */
  readonly sink?: ((head: TraceHead) => TraceSink) | undefined;
}

const PAGING: Paging = { levels: 4, physicalBits: 46 };
/** The bits of a register that is wider than a byte, where nobody says what they are. */
const UPPER = 0xa5a5_a5a5_a5a5_a500n;

/** An access of a register, by its offset; `value` is what was written. */
export interface PortAccess {
  readonly offset: number;
  readonly value: number | undefined;
}

/** What became of a machine that had crashed. */
export interface CrashRun {
  readonly kind: ExecutorLocation["kind"];
  readonly results: CrashResults;
  /** Register accesses of the executor. */
  readonly accesses: number;
  /** What the host's tap has of it: the same, or what the controller did on the bus. */
  readonly hostAccesses: number;
  readonly tookUs: number;
  readonly verdict: Verdict;
  /** The requests that the BMC's application read since the executor began: NetFn/LUN, Cmd, data. */
  readonly carriedOut: readonly Uint8Array[];
  /** What was done to the registers, one after the other. */
  readonly log: readonly PortAccess[];
  /** What the executor owes to the kernel behind it, and did not keep, a sentence each. */
  readonly owed: readonly string[];
}

/**
 * A machine that has crashed: the lab's wire, BMC and referee, and a processor that carries out the very
 * bytes of the executor. A register access takes 1 µs, and nothing else takes any time.
 */
export function crashedMachine(setup: CrashSetup): CrashRun {
  const { place } = setup;
  const { arena } = bootedArena({ ...setup, kind: place.kind, spacing: spacingOf(place) });
  const controllers: StrictController[] = [];
  const port = onSystemInterface<RegisterPort>(arena.wire, {
    registers: (wire) => wire.port,
    bus: ({ bus }) => {
      const controller = new StrictController(bus, () => arena.time.elapse(CONTROLLER_ACCESS_US));
      controllers.push(controller);
      return controller;
    },
  });
  setup.before?.(port);
  const carriedOut: Uint8Array[] = [];
  let hostAccesses = 0;
  arena.tracer.attach({
    event: (each) => {
      if (isHostAccess(each)) hostAccesses++;
      if (each.e === "bmc.request") carriedOut.push(each.message);
    },
  });
  const budgetUs = Math.ceil(setup.bounds.budgetTicks / TICKS_PER_US);
  const executor = new LoadedExecutor(setup, arena, port);
  const beganUs = arena.time.nowUs;
  arena.tracer.emit({ e: "host", what: "taken-over", text: `${budgetUs} us` });
  executor.run();
  executor.tell(arena.tracer, setup.commands);
  const tookUs = arena.time.nowUs - beganUs;
  arena.time.runUntil(arena.time.nowUs + BOOTED_US);
  arena.tracer.emit({ e: "end", why: "done" });
  const { results, log } = executor;
  const accesses = log.length;
  const owed = [...executor.owed, ...controllers.flatMap(({ breaches }) => breaches)];
  return {
    kind: place.kind,
    results,
    accesses,
    hostAccesses,
    tookUs,
    verdict: verdictOf(arena),
    carriedOut,
    log,
    owed,
  };
}

function verdictOf({ referee }: Arena): Verdict {
  if (referee === undefined) throw new Error("there is no referee");
  return referee.verdict();
}

/** The executor in memory, with the boot parameters, and the processor that has come to it. */
class LoadedExecutor {
  readonly log: PortAccess[] = [];
  readonly owed: string[] = [];
  readonly #memory: PagedMemory;
  readonly #processor: Processor;
  readonly #port: RegisterPort;
  readonly #place: LabPlace;
  readonly #bootParams: number;
  readonly #image: number;
  #instructions = 0;

  constructor(setup: CrashSetup, { time }: Arena, port: RegisterPort) {
    const { place, commands, bounds, paging = PAGING } = setup;
    const orders = { location: place, commands, bounds };
    const code = executorCode({ ...orders, entry: ENTRY, saved: ENTRY_BYTES });
    this.#port = port;
    this.#place = place;
    this.#memory = new PagedMemory(paging, place.at === "mem" ? this.#device(place) : undefined);
    this.#bootParams = this.#memory.map(BOOT_PARAMS_BYTES, false);
    this.#image = this.#memory.map(code.length - ENTRY, false);
    this.#memory.bytes(this.#image, SAVED_BYTES).fill(TRAP);
    this.#memory.bytes(this.#image - ENTRY, code.length).set(code);
    const beganUs = time.nowUs;
    this.#processor = new Processor(this.#memory, {
      syscall: () => {
        throw new Error("there is no kernel");
      },
      in: (at, bytes) => this.#in(at, bytes),
      out: (at, bytes, value) => this.#out(at, bytes, value),
      system: this.#memory,
      ticks: () => BigInt((time.nowUs - beganUs) * TICKS_PER_US + this.#instructions),
    });
  }

  get results(): CrashResults {
    return readResults(this.#memory.bytes(this.#bootParams, BOOT_PARAMS_BYTES).slice());
  }

  run(): void {
    const processor = this.#processor;
    const given = processor.registers.map((_, index) => BigInt(index * 0x1111_1111));
    given[RSI] = BigInt(this.#bootParams);
    processor.registers.splice(0, given.length, ...given);
    for (processor.rip = this.#image - ENTRY; processor.rip !== this.#image; this.#instructions++) {
      if (this.#instructions === INSTRUCTIONS_MAX) {
        this.owed.push("it has no end");
        return;
      }
      processor.step();
    }
    const kept = given.every((value, index) => processor.get(index) === value);
    if (!kept) this.owed.push("it did not give back all registers");
    const plain = !processor.interruptible && processor.upwards;
    if (!plain) this.owed.push("it left the flags so that an interrupt may come");
    const entry = this.#memory.bytes(this.#image, SAVED_BYTES);
    const back = ENTRY_BYTES.every((byte, index) => entry[index] === byte);
    if (!back) this.owed.push("it did not put the kernel's entry back");
    if (!this.#memory.isAsGiven) this.owed.push("it did not give the page tables back");
  }

  /** What it noted for the next kernel, and that it is done; nothing when it is not. */
  tell(tracer: Tracer, commands: readonly CrashCommand[]): void {
    if (this.#processor.rip === this.#image) tellNotes(tracer, commands, this.results);
  }

  #device(place: LabPlace): MappedDevice {
    return {
      base: place.base,
      length: bytesOf(place),
      read: (offset, bytes) => this.#in(place.base + offset, bytes),
      write: (offset, bytes, value) => this.#out(place.base + offset, bytes, value),
    };
  }

  #in(at: number, bytes: number): bigint {
    const offset = at - this.#place.base;
    this.log.push({ offset, value: undefined });
    const byte = this.#isOurs(at, bytes) ? BigInt(this.#port.read(offset)) : FLOATING;
    return BigInt.asUintN(8 * bytes, byte | UPPER);
  }

  #out(at: number, bytes: number, value: bigint): void {
    const offset = at - this.#place.base;
    this.log.push({ offset, value: Number(value) });
    if (value > FLOATING) this.owed.push(`it wrote ${value.toString(16)}h, which is no byte`);
    if (this.#isOurs(at, bytes)) this.#port.write(offset, Number(value & FLOATING));
  }

  #isOurs(at: number, bytes: number): boolean {
    const { base } = this.#place;
    const ours = at >= base && at + bytes <= base + bytesOf(this.#place);
    if (!ours) this.owed.push(`it touched ${at.toString(16)}h`);
    const bits = this.#place.at === "i801" ? 8 : this.#place.width;
    if (8 * bytes !== bits) this.owed.push(`it accessed ${8 * bytes} bits, not ${bits}`);
    return ours;
  }
}
