import type { Answer, RequestSpec } from "../host/index.ts";
import type { Scheduler } from "../time/scheduler.ts";

/** Whoever carries a program's requests to a BMC: a host's stack in a match, or a device file. */
export interface Asker {
  /**
   * Hands a request in. Each one that is taken is answered exactly once; false when it was refused, and
   * `answered` will not be called.
   */
  ask(request: RequestSpec, answered: (answer: Answer) => void): boolean;
  /** The time of the program's pauses. */
  readonly scheduler: Scheduler;
}

/** What uses a host in place of a workload; `done` is called when it has come to its end. */
export type Program = (asker: Asker, done: () => void) => void;
