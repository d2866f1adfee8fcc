/** Work that was put on a scheduler and may be taken back. */
export interface Task {
  /** Takes the work back; harmless when it already ran. */
  cancel(): void;
}

/**
 * The only source of time for everything under `ipmi`, `wire`, `host`, `bmc` and `referee`.
 * All times are absolute, in integer microseconds (exact up to 2^53 µs, some 285 years).
 */
export interface Scheduler {
  /** The present time in µs. Never goes back. */
  now(): number;
  /** Runs `run` once, at `us` or as soon after it as possible. A time in the past means now. */
  at(us: number, label: string, run: () => void): Task;
}

/** In µs. */
export const MILLISECOND_US = 1_000;
/** In µs. */
export const SECOND_US = 1_000_000;
