import {
  type PolicyCall,
  Watchdog,
  type WatchdogOptions,
  type WatchdogOutcome,
} from "../../../src/host/index.ts";
import { FakeTimer } from "../fake-timer.ts";
import { Rig } from "../rig.ts";

export const SECOND = 1_000_000;
export const SET_10_S = "18 24 44 01 00 00 64 00";
export const RESET = "18 22";
export const STOP_10_S = "18 24 04 00 00 00 64 00";

/** A watchdog over the whole stack, against a BMC with a timer of a few lines. */
export function bench(options: Partial<WatchdogOptions> = {}) {
  const rig = new Rig().up();
  const timer = new FakeTimer().attach(rig.bmc);
  const calls: PolicyCall[] = [];
  const pretimeouts: number[] = [];
  let unexpected = 0;
  const watchdog = new Watchdog({
    stack: rig.stack,
    scheduler: rig.host,
    tracer: rig.tracer,
    options,
    onPolicy: (call) => calls.push(call),
    onPretimeout: () => pretimeouts.push(rig.time.nowUs),
    onUnexpectedClose: () => {
      unexpected++;
    },
  });
  /** Runs one operation to its outcome. */
  const outcome = (begin: (done: (outcome: WatchdogOutcome) => void) => void) => {
    const heard: WatchdogOutcome[] = [];
    begin((each) => heard.push(each));
    rig.runUntil(() => heard.length > 0, 200 * SECOND);
    const [first] = heard;
    if (first === undefined || heard.length > 1) throw new Error("exactly one outcome");
    return first;
  };
  const beat = () => outcome((done) => watchdog.keepAlive(done));
  const watchdogLife = () => rig.life().filter((what) => what.startsWith("watchdog-"));
  return {
    rig,
    timer,
    watchdog,
    calls,
    pretimeouts,
    outcome,
    beat,
    watchdogLife,
    get unexpected() {
      return unexpected;
    },
  };
}
