import { assert } from "../../assert.ts";
import type { Arena } from "../../match/arena.ts";
import { Halted } from "../../match/faults/halt.ts";
import type { HostLifeline } from "../../match/faults/host-actions.ts";
import { EVENTS_MAX, SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, LabHost, MatchEntry } from "../../match/party.ts";
import type { Steps } from "../../match/steps.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../match/workload-start.ts";
import type { Lane } from "../../time/virtual.ts";
import type { MatchEnd } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { type StackSeat, StackUsers } from "./users.ts";
import { Actors } from "./workload.ts";

/** Between two turns of the event loop, if somebody gives it some, so many tasks are run. */
const TASKS_PER_TURN = 1_000;

/** Our own stack in the lab's time: all work that is due is run here, until the match's end. */
export class StackInLab implements LabHost {
  readonly tags = true;
  readonly sinks: readonly TraceSink[];
  readonly #entry: MatchEntry;
  readonly #eventsMax: number;
  readonly #begin = new WorkloadStart(() => this.#workloadBegins());
  #place: { readonly arena: Arena; readonly users: StackUsers } | undefined;
  #endUs = Number.POSITIVE_INFINITY;
  #halted = false;
  #why: MatchEnd["why"] = "time";
  /** Nobody waits for its end: it was ended from outside, or given up. */
  #left: "interrupted" | "endless" | undefined;

  constructor(entry: MatchEntry) {
    this.#entry = entry;
    this.#eventsMax = entry.options.eventsMax ?? EVENTS_MAX;
    this.sinks = [this.#begin];
  }

  join(arena: Arena): void {
    const { scenario, options } = this.#entry;
    const interrupt = scenario.host?.interrupt ?? false;
    const users = new StackUsers(seatIn(arena, interrupt), options.makeStack);
    this.#place = { arena, users };
    arena.host = onLane(arena.hostLane, users);
    arena.halt.connect((text, spin) => users.panic(text, spin));
    if (options.haltAt !== undefined) {
      arena.halt.plan(options.haltAt);
      arena.tracer.attach(arena.halt);
    }
    const patience = arena.time.nowUs + BRING_UP_PATIENCE_US;
    arena.labLane.at(patience, "bring-up patience", () => this.#begin.now());
  }

  *play(): Steps<HostLeft> {
    const { arena, users } = this.#joined();
    const { time, hostLane } = arena;
    hostLane.at(time.nowUs, "driver comes", () => users.insertDriver());
    yield* this.#run();
    const attributes = users.attributes();
    if (!this.#halted && this.#left === undefined) {
      // Everybody who still waits is owed an answer by the shutdown.
      hostLane.at(time.nowUs, "driver goes", () => users.removeDriver());
      this.#endUs = time.nowUs;
      yield* this.#run();
    }
    // What is given up has not ended.
    if (this.#left === "endless") return { attributes, remarks: [], givenUp: true };
    this.#entry.end(this.#left ?? this.#why);
    return { attributes, remarks: [] };
  }

  /** Runs what is due until the match's end. */
  *#run(): Steps<void> {
    const { time, halt, tracer } = this.#joined().arena;
    const { signal } = this.#entry.options;
    let tasks = 0;
    for (let more = true; more; ) {
      if (++tasks % TASKS_PER_TURN === 0) {
        yield;
        if (signal?.aborted === true) this.#left = "interrupted";
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
    const settle = this.#entry.scenario.settle ?? SETTLE_DEFAULT_US;
    this.#halted = true;
    this.#why = "done";
    this.#endUs = this.#joined().arena.time.nowUs + settle;
  }

  #workloadBegins(): void {
    if (this.#halted) return;
    const { scenario } = this.#entry;
    const { arena, users } = this.#joined();
    const { time, labLane, hostLane, director, course } = arena;
    this.#endUs = time.nowUs + scenario.until;
    director.workloadBegan();
    const actors = new Actors(users, hostLane, () => {
      const settle = scenario.settle ?? SETTLE_DEFAULT_US;
      labLane.at(time.nowUs + settle, "settled", () => {
        if (this.#halted) return;
        this.#why = "done";
        this.#endUs = time.nowUs;
      });
    });
    hostLane.at(time.nowUs, "workload", () => actors.begin(course.inOrder(scenario.workload)));
  }

  #joined(): { readonly arena: Arena; readonly users: StackUsers } {
    assert(this.#place !== undefined, "the host has joined");
    return this.#place;
  }
}

/** Where the stack sits in a match. */
function seatIn(arena: Arena, interrupt: boolean): StackSeat {
  const { wire, tags, tracer, hostLane } = arena;
  const onLine = (changed: (level: boolean) => void) => {
    arena.onLine(changed);
    // So that who reads the trace knows of the line, whether anything ever comes on it or not.
    if (interrupt) tracer.emit({ e: "irq", level: 0 });
  };
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
