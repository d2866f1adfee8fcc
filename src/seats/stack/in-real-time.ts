import { SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, HostPlay, RealEntry } from "../../match/party.ts";
import { type Steps, settled } from "../../match/steps.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../match/workload-start.ts";
import type { MatchEnd } from "../../trace/events.ts";
import { hostWire } from "./discovered.ts";
import { PROGRAM, StackUsers } from "./users.ts";
import { Actors } from "./workload.ts";

/** Our own stack in real time, from the platform's timers. */
export class StackInRealTime implements HostPlay {
  private readonly _entry: RealEntry;
  private readonly _users: StackUsers;
  /** What was discovered. */
  private readonly _remarks: readonly string[];
  private readonly _begin = new WorkloadStart(() => this.#workloadBegins());
  private readonly _over: Promise<MatchEnd["why"]>;
  private _end: (why: MatchEnd["why"]) => void = () => {};

  constructor(entry: RealEntry) {
    this._entry = entry;
    const { scheduler, tags, tracer, scenario } = entry;
    const { wire, remarks } = hostWire(entry.wire, scenario);
    this._remarks = remarks;
    tracer.attach(this._begin);
    this._over = new Promise((resolve) => {
      this._end = resolve;
    });
    const seat = { scheduler, wire, tags, tracer, interrupt: false, onLine: () => {} };
    this._users = new StackUsers(seat, entry.options.makeStack);
  }

  *play(): Steps<HostLeft> {
    const { signal } = this._entry.options;
    const abort = () => this._end("interrupted");
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    this._users.insertDriver();
    this.#later(BRING_UP_PATIENCE_US, () => this._begin.now());
    const over = this._over.then((why) => ({ why, brokeOff: undefined }));
    const lost = this._entry.gone.then((brokeOff) => ({ why: "interrupted", brokeOff }) as const);
    const { why, brokeOff } = yield* settled(Promise.race([over, lost]));
    signal?.removeEventListener("abort", abort);
    const attributes = this._users.attributes();
    this._users.removeDriver();
    // Everybody who still waits is owed an answer by the shutdown.
    yield;
    this._entry.end(why);
    return { attributes, remarks: this._remarks, brokeOff };
  }

  #workloadBegins(): void {
    const { until, workload, settle } = this._entry.scenario;
    const { program } = this._entry.options;
    this._entry.workloadBegan();
    this.#later(until, () => this._end("time"));
    const done = () => this.#later(settle ?? SETTLE_DEFAULT_US, () => this._end("done"));
    const actors = new Actors(this._users, this._entry.scheduler, done);
    this.#later(0, () => {
      if (program !== undefined) program(this._users.asker(PROGRAM), done);
      else actors.begin(workload);
    });
  }

  #later(us: number, run: () => void): void {
    const { scheduler } = this._entry;
    scheduler.at(scheduler.now() + us, "match", run);
  }
}
