/**
 * Time as the rest takes it: absolute, in µs, from a scheduler that is passed in. `RealScheduler` is the
 * platform's clock, for a driver or a BMC that runs; `VirtualTime` jumps from work to work, for tests and
 * the lab.
 *
 * ```ts
 * import { SECOND_US, VirtualTime } from "baseboard/time";
 *
 * const time = new VirtualTime();
 * const lane = time.lane("host");
 * lane.at(10 * SECOND_US, "look again", () => console.log(`${lane.now()} us`));
 * time.runUntil(60 * SECOND_US); // at once: 10000000 us
 * ```
 */
export { LeasedScheduler } from "./lease.ts";
export { RealScheduler } from "./real.ts";
export { MILLISECOND_US, type Scheduler, SECOND_US, type Task } from "./scheduler.ts";
export { type Choose, Lane, VirtualTime } from "./virtual.ts";
