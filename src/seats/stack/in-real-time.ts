import { SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, HostPlay, RealEntry } from "../../match/party.ts";
import { type Steps, settled } from "../../match/steps.ts";
import { BRING_UP_PATIENCE_US, WorkloadStart } from "../../match/workload-start.ts";
import type { MatchEnd } from "../../trace/events.ts";
import { StackUsers } from "./users.ts";
import { Actors } from "./workload.ts";

/** Our own stack in real time, from the platform's timers. */
export class StackInRealTime implements HostPlay {
  readonly #entry: RealEntry;
  readonly #users: StackUsers;
  readonly #begin = new WorkloadStart(() => this.#workloadBegins());
  readonly #over: Promise<MatchEnd["why"]>;
  #end: (why: MatchEnd["why"]) => void = () => {};

  constructor(entry: RealEntry) {
    this.#entry = entry;
    const { scheduler, wire, tags, tracer } = entry;
    tracer.attach(this.#begin);
    this.#over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const seat = { scheduler, wire, tags, tracer, interrupt: false, onLine: () => {} };
    this.#users = new StackUsers(seat, entry.options.makeStack);
  }

  *play(): Steps<HostLeft> {
    const { signal } = this.#entry.options;
    const abort = () => this.#end("interrupted");
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    this.#users.insertDriver();
    this.#later(BRING_UP_PATIENCE_US, () => this.#begin.now());
    const over = this.#over.then((why) => ({ why, brokeOff: undefined }));
    const lost = this.#entry.gone.then((brokeOff) => ({ why: "interrupted", brokeOff }) as const);
    const { why, brokeOff } = yield* settled(Promise.race([over, lost]));
    signal?.removeEventListener("abort", abort);
    const attributes = this.#users.attributes();
    this.#users.removeDriver();
    // Everybody who still waits is owed an answer by the shutdown.
    yield;
    this.#entry.end(why);
    return { attributes, remarks: [], brokeOff };
  }

  #workloadBegins(): void {
    const { until, workload, settle } = this.#entry.scenario;
    this.#later(until, () => this.#end("time"));
    const actors = new Actors(this.#users, this.#entry.scheduler, () => {
      this.#later(settle ?? SETTLE_DEFAULT_US, () => this.#end("done"));
    });
    this.#later(0, () => actors.begin(workload));
  }

  #later(us: number, run: () => void): void {
    const { scheduler } = this.#entry;
    scheduler.at(scheduler.now() + us, "match", run);
  }
}
