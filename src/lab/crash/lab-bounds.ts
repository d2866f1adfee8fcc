import type { CrashBounds } from "../../crash/executor.ts";
import { TICKS_PER_US } from "./machine.ts";

/** For all commands together. */
export const BUDGET_US = 3_000;

/**
 * An executor in the field looks a million times. A BMC of the lab answers within tens of µs, so that a
 * few hundred looks meet each bound, and a run is over soon.
 */
export const LAB_BOUNDS: CrashBounds = {
  budgetTicks: BUDGET_US * TICKS_PER_US,
  ticksPerMs: 1_000 * TICKS_PER_US,
  looks: 300,
  tries: 3,
  restLooks: 60,
};
