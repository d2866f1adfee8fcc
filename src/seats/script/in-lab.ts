import { assert } from "../../assert.ts";
import type { Arena } from "../../match/arena.ts";
import { EVENTS_MAX, SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, LabHost, MatchEntry } from "../../match/party.ts";
import type { Steps } from "../../match/steps.ts";
import { registersOf } from "./registers.ts";
import { Script } from "./script.ts";

/** Between two turns of the event loop, if somebody gives it some, so many tasks are run. */
const TASKS_PER_TURN = 1_000;

/** A host that is a script, in the lab's time. */
export class ScriptInLab implements LabHost {
  readonly tags = false;
  readonly ticks = false;
  readonly sinks = [];
  private readonly _entry: MatchEntry;
  private _arena: Arena | undefined;
  private _endUs = 0;
  private _why: "done" | "time" = "time";
  private _failure: string | undefined;

  constructor(entry: MatchEntry) {
    this._entry = entry;
  }

  join(arena: Arena): void {
    this._arena = arena;
    const { scenario } = this._entry;
    const { hostLane, time } = arena;
    const { wire, steps } = registersOf(arena.wire, scenario);
    const script = new Script(steps, wire, hostLane, (failure) => {
      this._failure = failure;
      this._why = "done";
      this._endUs = Math.min(this._endUs, time.nowUs + (scenario.settle ?? SETTLE_DEFAULT_US));
    });
    hostLane.at(time.nowUs, "script", () => script.run());
  }

  *play(): Steps<HostLeft> {
    const { scenario, options, end } = this._entry;
    const { signal, eventsMax = EVENTS_MAX } = options;
    const arena = this.#arena();
    const { time, tracer, director } = arena;
    this._endUs = time.nowUs + scenario.until;
    director.workloadBegan();
    for (let pieces = 1; time.nextUs() <= this._endUs; pieces++) {
      time.runNext(this._endUs);
      if (tracer.count > eventsMax) return { remarks: [], givenUp: true };
      if (pieces % TASKS_PER_TURN !== 0) continue;
      yield;
      if (signal?.aborted !== true) continue;
      end("interrupted");
      return { remarks: [] };
    }
    time.runUntil(this._endUs);
    end(this._why);
    return { remarks: [], misses: this.#misses() };
  }

  #misses(): readonly string[] {
    if (this._failure !== undefined) return [this._failure];
    return this._why === "done" ? [] : ["the script did not come to its end"];
  }

  #arena(): Arena {
    assert(this._arena !== undefined, "the host has joined");
    return this._arena;
  }
}
