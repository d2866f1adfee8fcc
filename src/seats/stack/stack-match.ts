import { answerBoundUs, panicBoundUs } from "../../host/index.ts";
import { AnswerBook } from "../../match/answer-book.ts";
import { Arena, matchHead } from "../../match/arena.ts";
import { misses, neverFired } from "../../match/expectation.ts";
import { Halted } from "../../match/faults/halt.ts";
import type { HostLifeline } from "../../match/faults/host-actions.ts";
import {
  EVENTS_MAX,
  expectationFor,
  type MatchOptions,
  type MatchResult,
  SETTLE_DEFAULT_US,
} from "../../match/match.ts";
import { inOneGo, type Steps } from "../../match/steps.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../match/workload-start.ts";
import { interfaceOf } from "../../scenario/on-interface.ts";
import type { Scenario } from "../../scenario/schema.ts";
import type { Lane } from "../../time/virtual.ts";
import type { MatchEnd } from "../../trace/events.ts";
import { DEFAULT_PROMISES } from "../../trace/head.ts";
import { type StackSeat, StackUsers } from "./users.ts";
import { Actors } from "./workload.ts";

/** Between two turns of the event loop, if somebody gives it some, so many tasks are run. */
const TASKS_PER_TURN = 1_000;

/** A match of our own host stack, in virtual time: a pure function of the scenario and its seed. */
export function runStackMatch(scenario: Scenario, options: MatchOptions = {}): MatchResult {
  return inOneGo(stackMatch(scenario, options));
}

/** The same in steps, between which its signal is looked at. */
export function stackMatch(scenario: Scenario, options: MatchOptions = {}): Steps<MatchResult> {
  return new StackMatch(scenario, options).run();
}

class StackMatch {
  readonly #scenario: Scenario;
  readonly #signal: AbortSignal | undefined;
  readonly #eventsMax: number;
  readonly #arena: Arena;
  readonly #book = new AnswerBook();
  readonly #head: MatchResult["head"];
  readonly #users: StackUsers;
  #endUs = Number.POSITIVE_INFINITY;
  #halted = false;
  #why: MatchEnd["why"] = "time";
  /** Nobody waits for its end: it was ended from outside, or given up. */
  #left: "interrupted" | "endless" | undefined;

  constructor(scenario: Scenario, options: MatchOptions) {
    this.#scenario = scenario;
    this.#signal = options.signal;
    this.#eventsMax = options.eventsMax ?? EVENTS_MAX;
    const bounds = {
      answerBoundUs: answerBoundUs(interfaceOf(scenario)),
      panicBoundUs: panicBoundUs(),
    };
    const promises = { ...DEFAULT_PROMISES, ...bounds };
    const scenarioText = options.scenarioText ?? "";
    const head = matchHead(scenario, { host: "stack", clock: "virtual", promises, scenarioText });
    const bmc = options.chip?.name ?? head.bmc;
    this.#head = { ...head, bmc, seed: options.seed ?? head.seed };
    const begin = new WorkloadStart(() => this.#workloadBegins());
    const judged = options.referee !== false;
    this.#arena = new Arena(scenario, {
      head: this.#head,
      sinks: [
        ...(judged ? [this.#book] : []),
        ...(options.sinks?.(this.#head) ?? []),
        begin,
        ...(options.watch === undefined ? [] : [options.watch]),
      ],
      referee: judged,
      hostTags: true,
      choose: options.choose,
      layOut: options.chip?.layOut,
    });
    options.watch?.enter(this.#arena);
    const interrupt = scenario.host?.interrupt ?? false;
    this.#users = new StackUsers(seatIn(this.#arena, interrupt), options.makeStack);
    this.#arena.host = onLane(this.#arena.hostLane, this.#users);
    this.#arena.halt.connect((text, spin) => this.#users.panic(text, spin));
    if (options.haltAt !== undefined) {
      this.#arena.halt.plan(options.haltAt);
      this.#arena.tracer.attach(this.#arena.halt);
    }
    const patience = this.#arena.time.nowUs + BRING_UP_PATIENCE_US;
    this.#arena.labLane.at(patience, "bring-up patience", () => begin.now());
  }

  *run(): Steps<MatchResult> {
    const { time, tracer, hostLane } = this.#arena;
    this.#arena.powerOn();
    hostLane.at(time.nowUs, "driver comes", () => this.#users.insertDriver());
    yield* this.#play();
    const seen = this.#users.attributes();
    if (!this.#halted && this.#left === undefined) {
      // Everybody who still waits is owed an answer by the shutdown.
      hostLane.at(time.nowUs, "driver goes", () => this.#users.removeDriver());
      this.#endUs = time.nowUs;
      yield* this.#play();
    }
    // What is given up has not ended.
    if (this.#left !== "endless") tracer.emit({ e: "end", why: this.#left ?? this.#why });
    const verdict = this.#arena.referee?.verdict() ?? NOT_JUDGED;
    const expected = expectationFor(this.#scenario, "stack");
    return {
      head: this.#head,
      verdict,
      misses:
        this.#arena.referee === undefined
          ? []
          : [
              ...this.#givenUp(),
              ...neverFired(this.#arena.director),
              ...misses(expected, verdict, this.#book),
            ],
      lengthUs: time.nowUs,
      attributes: seen,
      remarks: [],
    };
  }

  #givenUp(): string[] {
    if (this.#left !== "endless") return [];
    return [`it was given up after ${this.#arena.tracer.count} events, with no end in sight`];
  }

  /** Runs what is due until the match's end. */
  *#play(): Steps<void> {
    const { time, halt, tracer } = this.#arena;
    let tasks = 0;
    for (let more = true; more; ) {
      if (++tasks % TASKS_PER_TURN === 0) {
        yield;
        if (this.#signal?.aborted === true) this.#left = "interrupted";
      }
      if (tracer.count > this.#eventsMax) this.#left = "endless";
      if (this.#left !== undefined) return;
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

/** Where the stack sits in a match. */
function seatIn(arena: Arena, interrupt: boolean): StackSeat {
  const { wire, tags, tracer, hostLane } = arena;
  const onLine = (changed: (level: boolean) => void) => arena.onLine(changed);
  return { wire, tags, tracer, scheduler: hostLane, interrupt, onLine };
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
