import { assert } from "../../assert.ts";
import type { Attributes } from "../../host/index.ts";
import type { Arena } from "../../match/arena.ts";
import { Halted } from "../../match/faults/halt.ts";
import type { HostLifeline } from "../../match/faults/host-actions.ts";
import { EVENTS_MAX, SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, LabHost, MatchEntry } from "../../match/party.ts";
import type { Steps } from "../../match/steps.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../match/workload-start.ts";
import { type Lane, TICK_US } from "../../time/virtual.ts";
import type { MatchEnd } from "../../trace/events.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { hostWire } from "./discovered.ts";
import { PROGRAM, type StackSeat, StackUsers } from "./users.ts";
import { Actors } from "./workload.ts";

/** Between two turns of the event loop, if somebody gives it some, so many tasks are run. */
const TASKS_PER_TURN = 1_000;

/** What a match consists of. */
const Act = { Coming: 0, Playing: 1, Leaving: 2, Over: 3 } as const;
type Act = (typeof Act)[keyof typeof Act];

/** Our own stack in the lab's time: all work that is due is run here, until the match's end. */
export class StackInLab implements LabHost {
  readonly tags = true;
  readonly ticks = true;
  readonly sinks: readonly TraceSink[];
  private readonly _entry: MatchEntry;
  private readonly _eventsMax: number;
  private readonly _begin = new WorkloadStart(() => this.#workloadBegins());
  private _place: { readonly arena: Arena; readonly users: StackUsers } | undefined;
  private _endUs = Number.POSITIVE_INFINITY;
  private _halted = false;
  private _why: MatchEnd["why"] = "time";
  private _act: Act = Act.Coming;
  private _actors: Actors | undefined;
  private _attributes: Attributes | undefined;
  /** What was discovered. */
  private _remarks: readonly string[] = [];
  /** Nobody waits for its end: it was ended from outside, or given up. */
  private _left: "interrupted" | "endless" | undefined;

  constructor(entry: MatchEntry) {
    this._entry = entry;
    this._eventsMax = entry.options.eventsMax ?? EVENTS_MAX;
    this.sinks = [this._begin];
  }

  join(arena: Arena): void {
    const { scenario, options } = this._entry;
    const interrupt = scenario.host?.interrupt ?? false;
    const seat = seatIn(arena, interrupt);
    const { wire, remarks } = hostWire(arena.wire, scenario);
    this._remarks = remarks;
    const users = new StackUsers({ ...seat, wire }, options.makeStack);
    this._place = { arena, users };
    arena.host = onLane(arena.hostLane, users);
    arena.halt.connect((text, spin) => users.panic(text, spin));
    if (options.haltAt !== undefined) {
      arena.halt.plan(options.haltAt);
      arena.tracer.attach(arena.halt);
    }
    const patience = arena.time.nowUs + BRING_UP_PATIENCE_US;
    arena.labLane.at(patience, "bring-up patience", () => this._begin.now());
  }

  *play(): Steps<HostLeft> {
    const { signal } = this._entry.options;
    for (let pieces = 1; this.step(); pieces++) {
      if (pieces % TASKS_PER_TURN !== 0) continue;
      yield;
      if (signal?.aborted === true) this._left = "interrupted";
    }
    const left = { attributes: this._attributes, remarks: this._remarks };
    return this._left === "endless" ? { ...left, givenUp: true } : left;
  }

  /** Does the next piece of work that there is; false when the match is over. */
  step(): boolean {
    const { time, hostLane } = this.#joined().arena;
    switch (this._act) {
      case Act.Coming:
        hostLane.at(time.nowUs, "driver comes", () => this.#joined().users.insertDriver());
        this._act = Act.Playing;
        return true;
      case Act.Playing:
        if (!this.#runNext()) this.#playedOut();
        return true;
      case Act.Leaving:
        if (this.#runNext()) return true;
        this.#over();
        return false;
      case Act.Over:
        return false;
    }
  }

  /** The workload is done, or its time is. */
  #playedOut(): void {
    const { arena, users } = this.#joined();
    const { time, hostLane } = arena;
    this._attributes = users.attributes();
    this._act = Act.Leaving;
    if (this._halted || this._left !== undefined) return;
    // Everybody who still waits is owed an answer by the shutdown.
    hostLane.at(time.nowUs, "driver goes", () => users.removeDriver());
    this._endUs = time.nowUs;
  }

  #over(): void {
    this._act = Act.Over;
    // What is given up has not ended.
    if (this._left !== "endless") this._entry.end(this._left ?? this._why);
  }

  /** Runs the next work that is due until the match's end; false when there is none. */
  #runNext(): boolean {
    const { time, halt, tracer } = this.#joined().arena;
    if (tracer.count > this._eventsMax) this._left = "endless";
    if (this._left !== undefined) return false;
    try {
      if (halt.pending) halt.carryOut();
      if (time.nextUs() <= this._endUs && time.runNext(this._endUs)) return true;
    } catch (thrown) {
      if (!(thrown instanceof Halted)) throw thrown;
      this.#hostHalted();
      return true;
    }
    if (this._halted) time.runUntil(this._endUs);
    return false;
  }

  /** The rest of the match shows what arrived at the BMC. */
  #hostHalted(): void {
    const settle = this._entry.scenario.settle ?? SETTLE_DEFAULT_US;
    this._halted = true;
    this._why = "done";
    this._endUs = this.#joined().arena.time.nowUs + settle;
  }

  #workloadBegins(): void {
    if (this._halted) return;
    const { scenario, options } = this._entry;
    const { program } = options;
    const { arena, users } = this.#joined();
    const { time, labLane, hostLane, director, course } = arena;
    const done = () => {
      const settle = scenario.settle ?? SETTLE_DEFAULT_US;
      labLane.at(time.nowUs + settle, "settled", () => {
        if (this._halted) return;
        this._why = "done";
        this._endUs = time.nowUs;
      });
    };
    this._actors = new Actors(users, hostLane, done);
    // On a tick, as all that users wait for afterwards: how long the bring-up took is no part of it.
    hostLane.at(time.nowUs + TICK_US, "workload", () => {
      this._endUs = time.nowUs + scenario.until;
      director.workloadBegan();
      if (program !== undefined) program(users.asker(PROGRAM), done);
      else this._actors?.begin(course.inOrder(scenario.workload));
    });
  }

  #joined(): { readonly arena: Arena; readonly users: StackUsers } {
    assert(this._place !== undefined, "the host has joined");
    return this._place;
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
