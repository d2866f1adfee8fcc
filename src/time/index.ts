/** Time as the rest takes it: absolute, in µs, from a scheduler that is passed in. */
export { LeasedScheduler } from "./lease.ts";
export { RealScheduler } from "./real.ts";
export { MILLISECOND_US, type Scheduler, SECOND_US, type Task } from "./scheduler.ts";
export { type Choose, Lane, VirtualTime } from "./virtual.ts";
