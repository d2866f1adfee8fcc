import { selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import type { CrashBounds } from "../../src/crash/executor.ts";
import { TICKS_PER_US } from "../../src/lab/crash/machine.ts";

export const COMMANDS = [...watchdogCommands("stop"), ...selCommands("OS stop")];

export const BOUNDS: CrashBounds = {
  budgetTicks: 100_000 * TICKS_PER_US,
  ticksPerMs: 1_000 * TICKS_PER_US,
  looks: 5_000,
  tries: 3,
  restLooks: 500,
};
