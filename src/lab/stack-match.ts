import { answerBoundUs, HostStack, Refused, type User } from "../host/index.ts";
import type { MatchEnd, TraceEvent } from "../trace/events.ts";
import { DEFAULT_PROMISES } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { AnswerBook } from "./answer-book.ts";
import { Arena, matchHead } from "./arena.ts";
import { misses } from "./expectation.ts";
import { expectationFor, type MatchOptions, type MatchResult, SETTLE_DEFAULT_US } from "./match.ts";
import type { Scenario } from "./scenario/schema.ts";
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
  #why: MatchEnd["why"] = "time";

  constructor(scenario: Scenario, options: MatchOptions) {
    this.#scenario = scenario;
    const promises = { ...DEFAULT_PROMISES, answerBoundUs: answerBoundUs() };
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
    });
    this.#users = new StackUsers(this.#arena, scenario);
    const patience = this.#arena.time.nowUs + BRING_UP_PATIENCE_US;
    this.#arena.labLane.at(patience, "bring-up patience", () => begin.now());
  }

  run(): MatchResult {
    const { time, tracer } = this.#arena;
    this.#arena.powerOn();
    this.#users.insertDriver();
    while (time.nextUs() <= this.#endUs && time.runNext(this.#endUs));
    // Everybody who still waits is owed an answer by the shutdown.
    this.#users.removeDriver();
    time.runUntil(time.nowUs);
    tracer.emit({ e: "end", why: this.#why });
    const verdict = this.#arena.referee?.verdict() ?? NOT_JUDGED;
    const expected = expectationFor(this.#scenario, "stack");
    return {
      head: this.#head,
      verdict,
      misses: this.#arena.referee === undefined ? [] : misses(expected, verdict, this.#book),
      lengthUs: time.nowUs,
      remarks: [],
    };
  }

  #workloadBegins(): void {
    const { time, labLane, hostLane, director } = this.#arena;
    this.#endUs = time.nowUs + this.#scenario.until;
    director.workloadBegan();
    const actors = new Actors(this.#users, hostLane, () => {
      const settle = this.#scenario.settle ?? SETTLE_DEFAULT_US;
      labLane.at(time.nowUs + settle, "settled", () => {
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

/** The users of a stack that may be taken away and put back. */
class StackUsers implements ActorsHost {
  readonly #arena: Arena;
  readonly #scenario: Scenario;
  readonly #users = new Map<string, User>();
  readonly #closed = new Set<string>();
  /** Ids go on from one stack to the next: they share a trace. */
  #lastId = 0;
  #stack: HostStack | undefined;

  constructor(arena: Arena, scenario: Scenario) {
    this.#arena = arena;
    this.#scenario = scenario;
    arena.onLine((level) => {
      arena.hostLane.at(arena.time.nowUs, "interrupt", () => this.#stack?.interrupt(level));
    });
  }

  insertDriver(): void {
    const { port, tags, tracer, hostLane } = this.#arena;
    this.#users.clear();
    this.#stack = new HostStack({
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

  setEvents(name: string, on: boolean): void {
    this.#user(name).setEvents(on);
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
