import { assert } from "../../../assert.ts";
import type { Arena } from "../../../match/arena.ts";
import type { HostLeft, LabHost, MatchEntry } from "../../../match/party.ts";
import { type Steps, settled } from "../../../match/steps.ts";
import { exitText } from "../../../programs/qemu-process.ts";
import { systemInterfaceOf } from "../../../scenario/on-interface.ts";
import { SECOND_US } from "../../../time/index.ts";
import type { MatchEnd } from "../../../trace/events.ts";
import { DEFAULT_PROMISES } from "../../../trace/head.ts";
import type { TraceSink } from "../../../trace/tracer.ts";
import {
  compileGuest,
  type GuestWitness,
  type HostEnd,
  type Kernel,
  LinuxHost,
  type MachineWires,
  ReportReader,
} from "../index.ts";
import { plain, troubleIn } from "./console.ts";
import { CountedAccesses } from "./counted-accesses.ts";
import { describedInterface } from "./described.ts";
import { kernelArguments, showsDevice } from "./drivers.ts";
import { GuestPanic } from "./panic.ts";
import { type GuestSettings, parametersFor, withParameters } from "./parameters.ts";
import { guestPort } from "./port.ts";
import { type GuestMilestones, GuestReports } from "./reports.ts";
import { guestProgram } from "./workload.ts";

/** A guest that takes longer is ended, by the clock on the wall. */
export const WALL_LIMIT_MS = 240_000;
/** A panic that takes longer than the promise is not waited for. */
const PANIC_BOUND_US = 30 * SECOND_US;
const PANIC_SHOWN_US = PANIC_BOUND_US + SECOND_US;
/** The kernel's waits in a panic are busy ones, and QEMU has to go through each of them. */
const PANIC_WALL_LIMIT_MS = 600_000;

/** What the guest plays with. */
interface Place {
  readonly arena: Arena;
  readonly reports: GuestReports;
  readonly panic: GuestPanic;
}

/** An unmodified Linux kernel in QEMU, on our registers. Its own time drives the lab's. */
export class LinuxInLab implements LabHost {
  readonly tags = false;
  readonly ticks = false;
  readonly sinks: readonly TraceSink[] = [];
  readonly #kernel: Kernel;
  readonly #entry: MatchEntry;
  readonly #witness: GuestWitness | undefined;
  readonly #reader = new ReportReader();
  readonly #program;
  /** More for the kernel's command line. */
  readonly #kernelArguments: readonly string[];
  #place: Place | undefined;
  #host: LinuxHost | undefined;
  #why: MatchEnd["why"] | undefined;
  /** The guest may see what our device is. */
  #known: boolean;
  /** The witness has said its last. */
  #isHeard = false;
  /** The guest's agent has set everything up. */
  #readyToPanic = false;
  readonly #accesses = new CountedAccesses({
    goesOn: () => this.#goesOn(),
    lockedUp: (text) => {
      this.#joined().arena.tracer.emit({ e: "guest", what: "lockup", text });
      this.#end("guest-ended");
    },
  });
  #guestUs = 0;

  constructor(kernel: Kernel, settings: GuestSettings, entry: MatchEntry) {
    const { parameters = [], witness } = settings;
    this.#kernel = kernel;
    this.#entry = entry;
    const { builtIn } = kernel.manifest;
    const modules = kernel.manifest.modules.map(({ name }) => name);
    const { ofModules, ofKernel } = parametersFor(builtIn, parameters);
    this.#witness = witness;
    const program = guestProgram(entry.scenario, { modules, builtIn }, witness !== undefined);
    this.#program = withParameters(program, ofModules);
    const { kernelArguments: more = [] } = entry.options;
    this.#kernelArguments = [...kernelArguments(builtIn), ...ofKernel, ...more];
    this.#known = !this.#program.setup.some(showsDevice);
  }

  readonly onPanicOrdered = (text: string): void => this.#joined().panic.order(text);

  join(arena: Arena): void {
    const milestones: GuestMilestones = {
      mayBeKnown: () => {
        this.#known = true;
      },
      ready: () => this.#ready(),
      allDone: (unfinished) => this.#end(unfinished ? "time" : "done"),
    };
    const { tracer, second } = arena;
    const there = this.#entry.scenario.workload.filter(({ at }) => at === "second");
    const users = new Set(there.map(({ user }) => user));
    const atSecond = second === undefined ? undefined : { tracer: second.tracer, users };
    const reports = new GuestReports(this.#program, tracer, milestones, atSecond);
    this.#place = { arena, reports, panic: new GuestPanic(arena.time, arena.tracer) };
  }

  *play(): Steps<HostLeft> {
    const { scenario, options } = this.#entry;
    const { arena, reports, panic } = this.#joined();
    const { time, wire } = arena;
    const kind = systemInterfaceOf(scenario);
    const described = describedInterface(scenario);
    const port = panic.port(guestPort(wire, () => time.nowUs > this.#guestUs));
    const usualMs = this.#program.obeys === true ? PANIC_WALL_LIMIT_MS : WALL_LIMIT_MS;
    const { wallLimitMs = usualMs } = options;
    const starting = LinuxHost.start({
      kernel: this.#kernel,
      program: compileGuest(this.#program),
      interrupt: scenario.host?.linux ?? (described === undefined ? "timer" : "poll"),
      realTime: options.realTime ?? false,
      snapshot: (options.snapshot ?? options.realTime !== true) && this.#witness === undefined,
      mayPanic: this.#program.obeys === true,
      witness: this.#heardWitness(),
      ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
      kernelArguments: this.#kernelArguments,
      wallLimitMs,
      machine: {
        kind,
        port: this.#accesses.port(port),
        described,
        second: this.#secondRegisters(arena),
        tick: (guestUs) => this.#tick(guestUs),
        report: (byte) => {
          for (const report of this.#reader.push(Uint8Array.of(byte))) reports.take(report);
        },
        panics: () => this.#readyToPanic && this.#why === undefined && panic.take(),
        known: () => this.#known,
        console: (line) => this.#console(plain(line)),
        onLine: (changed) => arena.onLine(changed),
      },
    });
    const host = yield* settled(starting);
    this.#host = host;
    const abort = () => this.#end("interrupted");
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted === true || this.#why !== undefined) void host.stop();
    const end = yield* settled(host.ended);
    options.signal?.removeEventListener("abort", abort);
    const brokeOff = this.#why === undefined ? whyBrokenOff(end, wallLimitMs) : undefined;
    if (brokeOff !== undefined) this.#end("interrupted");
    this.#end(panic.over ? "done" : "guest-ended");
    return { remarks: host.notes, brokeOff };
  }

  #joined(): Place {
    assert(this.#place !== undefined, "the host has joined");
    return this.#place;
  }

  #ready(): void {
    this.#readyToPanic = true;
    const { tracer, second, director } = this.#joined().arena;
    for (const each of [tracer, second?.tracer]) {
      each?.emit({ e: "host", what: "up", text: "the guest's agent begins" });
    }
    director.workloadBegan();
  }

  #tick(guestUs: number): void {
    this.#accesses.ticked();
    this.#guestUs = guestUs;
    if (this.#why === undefined) this.#joined().arena.time.runUntil(guestUs);
  }

  #secondRegisters({ second }: Arena): MachineWires["second"] {
    if (second === undefined) return undefined;
    const { kind } = second;
    return { kind, port: this.#accesses.port(guestPort(second.wire, () => false)) };
  }

  /** In a panic the guest tells no time: it is over when enough of it was shown. */
  #goesOn(): boolean {
    if (this.#why !== undefined) return false;
    const { panic } = this.#joined();
    if (panic.lastsUs > PANIC_SHOWN_US) this.#end("time");
    if (panic.begun) this.#accesses.ticked();
    return this.#why === undefined;
  }

  #console(line: string): void {
    if (line === "" || this.#why !== undefined) return;
    const { arena, panic } = this.#joined();
    const { tracer } = arena;
    tracer.emit({ e: "console", text: line });
    if (panic.hears(line)) return;
    const what = troubleIn(line);
    if (what !== undefined) tracer.emit({ e: "guest", what, text: line });
  }

  /** The match is over: the trace ends here, whatever the guest does until it is gone. */
  #end(why: MatchEnd["why"]): void {
    if (this.#why !== undefined) return;
    this.#entry.end(why);
    this.#why = why;
    // A witness that is still at work has something left to say, where its guest still lives.
    const isAtWork = this.#witness !== undefined && !this.#isHeard;
    const speaks = isAtWork && (why === "done" || why === "time");
    if (!speaks) void this.#host?.stop();
  }

  /** When the witness has had its say, the guest is of no use any more. */
  #heardWitness(): GuestWitness | undefined {
    const witness = this.#witness;
    if (witness === undefined) return undefined;
    const line = (text: string) => {
      witness.line(text);
      this.#isHeard ||= text === witness.ends;
      if (this.#isHeard && this.#why !== undefined) void this.#host?.stop();
    };
    return { ...witness, line };
  }
}

/** A kernel promises less than our stack: no run events are seen, and it may take its time. */
export const GUEST_PROMISES = {
  ...DEFAULT_PROMISES,
  answerBoundUs: 60_000_000,
  panicBoundUs: PANIC_BOUND_US,
} as const;

/** Why QEMU is gone, when that says nothing about its guest. */
export function whyBrokenOff(end: HostEnd, wallLimitMs: number): string | undefined {
  if (end.why === "wall-limit") return `the wall limit of ${wallLimitMs / 1_000} s was reached`;
  return end.why === "qemu" ? exitText(end) : undefined;
}
