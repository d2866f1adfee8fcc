import { SETTLE_DEFAULT_US } from "../../match/match.ts";
import type { HostLeft, HostPlay, RealEntry } from "../../match/party.ts";
import { type Steps, settled } from "../../match/steps.ts";
import type { MatchEnd } from "../../trace/events.ts";
import { registersOf } from "./registers.ts";
import { Script } from "./script.ts";

/** How it ended. */
interface Over {
  readonly why: MatchEnd["why"];
  readonly brokeOff?: string;
  readonly misses?: readonly string[];
}

/** A host that is a script, in real time. */
export class ScriptInRealTime implements HostPlay {
  private readonly _entry: RealEntry;

  constructor(entry: RealEntry) {
    this._entry = entry;
  }

  *play(): Steps<HostLeft> {
    const { options, gone, end } = this._entry;
    const { signal } = options;
    let abort = () => {};
    const interrupted = new Promise<Over>((resolve) => {
      abort = () => resolve({ why: "interrupted" });
    });
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    const lost = gone.then((brokeOff): Over => ({ why: "interrupted", brokeOff }));
    const { why, brokeOff, misses } = yield* settled(
      Promise.race([this.#played(), interrupted, lost]),
    );
    signal?.removeEventListener("abort", abort);
    end(why);
    return { remarks: [], brokeOff, ...(misses === undefined ? {} : { misses }) };
  }

  #played(): Promise<Over> {
    const { scenario, scheduler } = this._entry;
    const { until, settle = SETTLE_DEFAULT_US } = scenario;
    const { wire, steps } = registersOf(this._entry.wire, scenario);
    return new Promise((over) => {
      const later = (us: number, run: () => void) => {
        scheduler.at(scheduler.now() + us, "script", run);
      };
      const script = new Script(steps, wire, scheduler, (failure) => {
        const misses = failure === undefined ? [] : [failure];
        later(settle, () => over({ why: "done", misses }));
      });
      later(until, () => over({ why: "time", misses: ["the script did not come to its end"] }));
      later(0, () => {
        this._entry.workloadBegan();
        script.run();
      });
    });
  }
}
