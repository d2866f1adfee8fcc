import {
  type Attributes,
  answerBoundUs,
  attributes,
  HostStack,
  panicBoundUs,
  Refused,
  type User,
} from "../host/index.ts";
import type { Lane } from "../time/virtual.ts";
import type { MatchEnd, TraceEvent } from "../trace/events.ts";
import { DEFAULT_PROMISES } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { AnswerBook } from "./answer-book.ts";
import { Arena, matchHead } from "./arena.ts";
import { misses } from "./expectation.ts";
import { Halted } from "./halt.ts";
import type { HostLifeline } from "./host-actions.ts";
import { expectationFor, type MatchOptions, type MatchResult, SETTLE_DEFAULT_US } from "./match.ts";
import type { Scenario, WatchdogStep } from "./scenario/schema.ts";
import { optionsOf, StackWatchdog } from "./stack-watchdog.ts";
import { Actors, type ActorsHost, type Wanted } from "./stack-workload.ts";

/** How long the workload waits for a bring-up that neither succeeds nor fails. In µs. */
const BRING_UP_PATIENCE_US = 10_000_000;

/** A match of our own host stack, in virtual time: a pure function of the scenario and its seed. */
export function runStackMatch(scenario: Scenario, options: MatchOptions = {}): MatchResult {
  const match = new StackMatch(scenario, options);
  return match.run();
}

class StackMatch {
  readonly #scenario: Scenario;
  readonly #arena: Arena;
  readonly #book = new AnswerBook();
  readonly #head: MatchResult["head"];
  readonly #users: StackUsers;
  #endUs = Number.POSITIVE_INFINITY;
  #halted = false;
  #why: MatchEnd["why"] = "time";

  constructor(scenario: Scenario, options: MatchOptions) {
    this.#scenario = scenario;
    const bounds = { answerBoundUs: answerBoundUs(), panicBoundUs: panicBoundUs() };
    const promises = { ...DEFAULT_PROMISES, ...bounds };
    const scenarioText = options.scenarioText ?? "";
    const head = matchHead(scenario, { host: "stack", clock: "virtual", promises, scenarioText });
    this.#head = { ...head, seed: options.seed ?? head.seed };
    const begin = new WorkloadStart(() => this.#workloadBegins());
    const judged = options.referee !== false;
    this.#arena = new Arena(scenario, {
      head: this.#head,
      sinks: [...(judged ? [this.#book] : []), ...(options.sinks?.(this.#head) ?? []), begin],
      referee: judged,
      hostTags: true,
      choose: options.choose,
    });
    this.#users = new StackUsers(this.#arena, scenario, options.makeStack);
    this.#arena.host = onLane(this.#arena.hostLane, this.#users);
    this.#arena.halt.connect((text, spin) => this.#users.panic(text, spin));
    if (options.haltAt !== undefined) {
      this.#arena.halt.plan(options.haltAt);
      this.#arena.tracer.attach(this.#arena.halt);
    }
    const patience = this.#arena.time.nowUs + BRING_UP_PATIENCE_US;
    this.#arena.labLane.at(patience, "bring-up patience", () => begin.now());
  }

  run(): MatchResult {
    const { time, tracer, hostLane } = this.#arena;
    this.#arena.powerOn();
    hostLane.at(time.nowUs, "driver comes", () => this.#users.insertDriver());
    this.#play();
    const seen = this.#users.attributes();
    if (!this.#halted) {
      // Everybody who still waits is owed an answer by the shutdown.
      hostLane.at(time.nowUs, "driver goes", () => this.#users.removeDriver());
      this.#endUs = time.nowUs;
      this.#play();
    }
    tracer.emit({ e: "end", why: this.#why });
    const verdict = this.#arena.referee?.verdict() ?? NOT_JUDGED;
    const expected = expectationFor(this.#scenario, "stack");
    return {
      head: this.#head,
      verdict,
      misses: this.#arena.referee === undefined ? [] : misses(expected, verdict, this.#book),
      lengthUs: time.nowUs,
      attributes: seen,
      remarks: [],
    };
  }

  /** Runs what is due until the match's end. */
  #play(): void {
    const { time, halt } = this.#arena;
    for (let more = true; more; ) {
      try {
        if (halt.pending) halt.carryOut();
        more = time.nextUs() <= this.#endUs && time.runNext(this.#endUs);
      } catch (thrown) {
        if (!(thrown instanceof Halted)) throw thrown;
        this.#hostHalted();
      }
    }
    if (this.#halted) time.runUntil(this.#endUs);
  }

  /** The rest of the match shows what arrived at the BMC. */
  #hostHalted(): void {
    const settle = this.#scenario.settle ?? SETTLE_DEFAULT_US;
    this.#halted = true;
    this.#why = "done";
    this.#endUs = this.#arena.time.nowUs + settle;
  }

  #workloadBegins(): void {
    if (this.#halted) return;
    const { time, labLane, hostLane, director } = this.#arena;
    this.#endUs = time.nowUs + this.#scenario.until;
    director.workloadBegan();
    const actors = new Actors(this.#users, hostLane, () => {
      const settle = this.#scenario.settle ?? SETTLE_DEFAULT_US;
      labLane.at(time.nowUs + settle, "settled", () => {
        if (this.#halted) return;
        this.#why = "done";
        this.#endUs = time.nowUs;
      });
    });
    hostLane.at(time.nowUs, "workload", () => actors.begin(this.#scenario.workload));
  }
}

const NOT_JUDGED = {
  fault: [],
  violations: [],
  notes: [],
  rulesChecked: 0,
  transactions: 0,
  events: 0,
  ended: true,
} as const;

/** Begins the workload when the stack is up, or when it is clear that it is not. */
class WorkloadStart implements TraceSink {
  readonly #begin: () => void;
  #begun = false;

  constructor(begin: () => void) {
    this.#begin = begin;
  }

  event(event: TraceEvent): void {
    if (event.e === "host" && (event.what === "up" || event.what === "bring-up-failed")) this.now();
  }

  now(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#begin();
  }
}

/** What happens to the host happens between two of its tasks: its processor does it. */
function onLane(lane: Lane, host: HostLifeline): HostLifeline {
  const soon = (run: () => void) => void lane.at(lane.now(), "host's life", run);
  return {
    closeUser: (user) => soon(() => host.closeUser(user)),
    removeDriver: () => soon(() => host.removeDriver()),
    insertDriver: () => soon(() => host.insertDriver()),
  };
}

/** The users of a stack that may be taken away and put back. */
class StackUsers implements ActorsHost {
  readonly #arena: Arena;
  readonly #scenario: Scenario;
  readonly #users = new Map<string, User>();
  readonly #closed = new Set<string>();
  /** Ids go on from one stack to the next: they share a trace. */
  #lastId = 0;
  readonly #make: NonNullable<MatchOptions["makeStack"]>;
  #stack: HostStack | undefined;
  /** What the workload set of the watchdog. */
  #watchdogOptions: ReturnType<typeof optionsOf> = {};
  #watchdog: StackWatchdog | undefined;

  constructor(arena: Arena, scenario: Scenario, make: MatchOptions["makeStack"]) {
    this.#arena = arena;
    this.#scenario = scenario;
    this.#make = make ?? ((parts) => new HostStack(parts));
    arena.onLine((level) => {
      arena.hostLane.at(arena.time.nowUs, "interrupt", () => this.#stack?.interrupt(level));
    });
  }

  insertDriver(): void {
    const { port, tags, tracer, hostLane } = this.#arena;
    // A driver that is there is not loaded beside itself.
    this.#stack?.shutdown();
    this.#users.clear();
    this.#watchdog = undefined;
    this.#stack = this.#make({
      scheduler: hostLane,
      port,
      tags,
      tracer,
      spacing: this.#scenario.spacing ?? 1,
      interrupt: this.#scenario.host?.interrupt ?? false,
      options: { nextId: () => ++this.#lastId },
    });
    this.#stack.start();
  }

  removeDriver(): void {
    this.#stack?.shutdown();
  }

  /** Only a stack that is there has anything to say. */
  panic(text: string, spin: (us: number) => void): void {
    this.#stack?.panic(text, spin);
  }

  submit(name: string, wanted: Wanted, answered: () => void): boolean {
    if (this.#closed.has(name)) return false;
    const { ipmb, ...request } = wanted;
    const address = ipmb === undefined ? undefined : ({ kind: "ipmb", ...ipmb } as const);
    try {
      this.#user(name).submit({ ...request, address }, answered);
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }

  /** A program that asks while there is no driver gets nothing, and does without. */
  setEvents(name: string, on: boolean): void {
    try {
      this.#user(name).setEvents(on);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  closeUser(name: string): void {
    this.#closed.add(name);
    this.#users.get(name)?.destroy();
  }

  /** All attributes come from the identity, which the stack reads again when it is old. */
  readAttribute(read: () => void): void {
    if (this.#stack === undefined) read();
    else this.#stack.readDeviceId(read);
  }

  /** As they are now; of the last stack when it is gone. */
  attributes(): Attributes | undefined {
    return this.#stack === undefined ? undefined : attributes(this.#stack);
  }

  watchdog(name: string, step: WatchdogStep, done: () => void): void {
    this.#watchdogOptions = { ...this.#watchdogOptions, ...optionsOf(step) };
    if (this.#closed.has(name)) done();
    else this.#timer().do(name, step, done);
  }

  keepAlive(done: () => void): void {
    this.#timer().keepAlive(done);
  }

  #timer(): StackWatchdog {
    if (this.#stack === undefined) throw new Refused("NOT_STARTED");
    const { hostLane, tracer } = this.#arena;
    this.#watchdog ??= new StackWatchdog(this.#stack, hostLane, tracer, this.#watchdogOptions);
    return this.#watchdog;
  }

  #user(name: string): User {
    const known = this.#users.get(name);
    if (known !== undefined) return known;
    if (this.#stack === undefined) throw new Refused("NOT_STARTED");
    // What it gets is in the trace.
    const user = this.#stack.createUser(name, { onDelivery: () => {} });
    this.#users.set(name, user);
    return user;
  }
}
