import { AnswerBook } from "../../../match/answer-book.ts";
import { Arena, matchHead } from "../../../match/arena.ts";
import { brokenOff, misses, neverFired } from "../../../match/expectation.ts";
import { expectationFor, type MatchOptions, type MatchResult } from "../../../match/match.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { SECOND_US } from "../../../time/index.ts";
import type { MatchEnd } from "../../../trace/events.ts";
import { DEFAULT_PROMISES, type KernelIdentity } from "../../../trace/head.ts";
import {
  compileGuest,
  type HostEnd,
  type Kernel,
  kernelTitle,
  LinuxHost,
  ReportReader,
} from "../index.ts";
import { plain, troubleIn } from "./console.ts";
import { GuestPanic } from "./panic.ts";
import { type ModuleParameter, parameterText, withParameters } from "./parameters.ts";
import { guestPort } from "./port.ts";
import { GuestReports } from "./reports.ts";
import { guestProgram } from "./workload.ts";

/** Which kernel plays, and how it is started. */
export interface LinuxMatchOptions extends MatchOptions {
  readonly kernel: Kernel;
  /** Set when the drivers are loaded, in place of what they have by themselves. */
  readonly parameters?: readonly ModuleParameter[];
  readonly realTime?: boolean;
  /** False: the guest boots anew, and not from a snapshot of the booted kernel. */
  readonly snapshot?: boolean;
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string;
  /** The match is given up after so long by the wall clock, in ms. */
  readonly wallLimitMs?: number;
  /** Ends the match from outside. */
  readonly signal?: AbortSignal;
}

const WALL_LIMIT_MS = 240_000;
/** What a guest reads when its match is over. */
const GONE = 0xff;
/** A guest that makes so many register accesses and lets no time pass is locked up. */
const ACCESSES_WITHOUT_TIME_MAX = 400_000;
/** A panic that takes longer than the promise is not waited for. */
const PANIC_BOUND_US = 30 * SECOND_US;
const PANIC_SHOWN_US = PANIC_BOUND_US + SECOND_US;
/** The kernel's waits in a panic are busy ones, and QEMU has to go through each of them. */
const PANIC_WALL_LIMIT_MS = 600_000;

/** A match of an unmodified Linux kernel in QEMU against the model, on our registers. */
export function runLinuxMatch(
  scenario: Scenario,
  options: LinuxMatchOptions,
): Promise<MatchResult> {
  return new LinuxMatch(scenario, options).run();
}

class LinuxMatch {
  readonly #scenario: Scenario;
  readonly #options: LinuxMatchOptions;
  readonly #head: MatchResult["head"];
  readonly #book = new AnswerBook();
  readonly #arena: Arena;
  readonly #reader = new ReportReader();
  readonly #reports: GuestReports;
  readonly #panic: GuestPanic;
  readonly #program;
  #host: LinuxHost | undefined;
  #why: MatchEnd["why"] | undefined;
  /** The guest's agent has set everything up. */
  #readyToPanic = false;
  #accesses = 0;
  #guestUs = 0;

  constructor(scenario: Scenario, options: LinuxMatchOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const { kernel, parameters = [] } = options;
    const clock = options.realTime === true ? "real" : "guest";
    this.#head = matchHead(scenario, {
      host: `linux:${kernelTitle(kernel)}`,
      clock,
      promises: GUEST_PROMISES,
      scenarioText: options.scenarioText ?? "",
      kernel: identityOf(kernel, parameters),
    });
    const modules = kernel.manifest.modules.map(({ name }) => name);
    this.#program = withParameters(guestProgram(scenario, modules), parameters);
    const sinks = [this.#book, ...(options.sinks?.(this.#head) ?? [])];
    this.#arena = new Arena(scenario, {
      head: this.#head,
      sinks,
      referee: true,
      hostTags: false,
      onPanicOrdered: (text) => this.#panic.order(text),
    });
    this.#panic = new GuestPanic(this.#arena.time, this.#arena.tracer);
    this.#reports = new GuestReports(this.#program, this.#arena.tracer, {
      ready: () => this.#ready(),
      allDone: (unfinished) => this.#end(unfinished ? "time" : "done"),
    });
    this.#arena.tracer.attach(this.#reports);
  }

  async run(): Promise<MatchResult> {
    const options = this.#options;
    const { time, wire } = this.#arena;
    const { kind } = wire;
    const port = this.#panic.port(guestPort(wire, () => time.nowUs > this.#guestUs));
    const usualMs = this.#program.obeys === true ? PANIC_WALL_LIMIT_MS : WALL_LIMIT_MS;
    const { wallLimitMs = usualMs } = options;
    this.#arena.powerOn();
    const host = await LinuxHost.start({
      kernel: options.kernel,
      program: compileGuest(this.#program),
      interrupt: this.#scenario.host?.linux ?? "timer",
      realTime: options.realTime ?? false,
      snapshot: options.snapshot ?? options.realTime !== true,
      ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
      wallLimitMs,
      machine: {
        kind,
        port: {
          read: (offset) => (this.#accessed() ? port.read(offset) : GONE),
          write: (offset, value) => {
            if (this.#accessed()) port.write(offset, value);
          },
        },
        tick: (guestUs) => this.#tick(guestUs),
        report: (byte) => {
          for (const report of this.#reader.push(Uint8Array.of(byte))) this.#reports.take(report);
        },
        panics: () => this.#readyToPanic && this.#why === undefined && this.#panic.take(),
        console: (line) => this.#console(plain(line)),
        onLine: (changed) => this.#arena.onLine(changed),
      },
    });
    this.#host = host;
    const abort = () => this.#end("interrupted");
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted === true || this.#why !== undefined) void host.stop();
    const end = await host.ended;
    options.signal?.removeEventListener("abort", abort);
    const brokeOff = this.#why === undefined ? whyBrokenOff(end, wallLimitMs) : undefined;
    if (brokeOff !== undefined) this.#end("interrupted");
    this.#end(this.#panic.over ? "done" : "guest-ended");
    const verdict = this.#arena.referee?.verdict();
    if (verdict === undefined) throw new Error("a Linux match is always judged");
    const expected = expectationFor(this.#scenario, "linux");
    return {
      head: this.#head,
      verdict,
      misses:
        brokeOff === undefined
          ? [...neverFired(this.#arena.director), ...misses(expected, verdict, this.#book)]
          : [brokenOff(brokeOff)],
      lengthUs: time.nowUs,
      interrupted: brokeOff,
      remarks: host.notes,
    };
  }

  #ready(): void {
    this.#readyToPanic = true;
    this.#arena.tracer.emit({ e: "host", what: "up", text: "the guest's agent begins" });
    this.#arena.director.workloadBegan();
  }

  #tick(guestUs: number): void {
    this.#accesses = 0;
    this.#guestUs = guestUs;
    if (this.#why === undefined) this.#arena.time.runUntil(guestUs);
  }

  /** Counts a register access; false when the match is over, and nothing counts any more. */
  #accessed(): boolean {
    if (this.#why !== undefined) return false;
    if (this.#panic.lastsUs > PANIC_SHOWN_US) this.#end("time");
    if (this.#panic.begun) return this.#why === undefined;
    this.#accesses++;
    if (this.#accesses !== ACCESSES_WITHOUT_TIME_MAX) return true;
    const text = `${this.#accesses} register accesses, and no time passes`;
    this.#arena.tracer.emit({ e: "guest", what: "lockup", text });
    this.#end("guest-ended");
    return false;
  }

  #console(line: string): void {
    if (line === "" || this.#why !== undefined) return;
    const { tracer } = this.#arena;
    tracer.emit({ e: "console", text: line });
    if (this.#panic.hears(line)) return;
    const what = troubleIn(line);
    if (what !== undefined) tracer.emit({ e: "guest", what, text: line });
  }

  /** The match is over: the trace ends here, whatever the guest does until it is gone. */
  #end(why: MatchEnd["why"]): void {
    if (this.#why !== undefined) return;
    this.#arena.tracer.emit({ e: "end", why });
    this.#why = why;
    void this.#host?.stop();
  }
}

/** A kernel promises less than our stack: no run events are seen, and it may take its time. */
const GUEST_PROMISES = {
  ...DEFAULT_PROMISES,
  answerBoundUs: 60_000_000,
  panicBoundUs: PANIC_BOUND_US,
} as const;

/** Why QEMU is gone, when that says nothing about its guest. */
function whyBrokenOff(end: HostEnd, wallLimitMs: number): string | undefined {
  if (end.why === "wall-limit") return `the wall limit of ${wallLimitMs / 1_000} s was reached`;
  if (end.why !== "qemu") return undefined;
  if (end.signal !== null) return `QEMU was killed by ${end.signal}`;
  const last = end.stderrTail.trim().split("\n").at(-1) ?? "";
  return `QEMU ended with status ${end.code}${last === "" ? "" : `: ${last}`}`;
}

function identityOf(kernel: Kernel, parameters: readonly ModuleParameter[]): KernelIdentity {
  const { name, manifest, replaced = [] } = kernel;
  return {
    name,
    version: manifest.version,
    sha256: manifest.image.sha256,
    modules: Object.fromEntries(replaced.map((module) => [module.name, module.sha256])),
    parameters: parameters.map(parameterText),
  };
}
