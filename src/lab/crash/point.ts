import { type BreakageName, type DeathName, isBreakage, isDeath } from "./breakages.ts";

/** What is tried, of the BMC and of the kernel that crashed. */
export type TrialName = BreakageName | DeathName;

/** One run: what breaks, and at which access. */
export interface CrashPoint {
  readonly trial: TrialName;
  /** The executor's access at which the BMC breaks, from 1; of an old kernel, the accesses that it made. */
  readonly at: number;
}

const DIGITS_MAX = 6;

/** How a point is written: `resets@117`. */
export function pointText({ trial, at }: CrashPoint): string {
  return `${trial}@${at}`;
}

/** The point that is written so; undefined when it is none. */
export function parsePoint(text: string): CrashPoint | undefined {
  const [trial = "", at = "", ...more] = text.split("@");
  if (more.length > 0 || !/^\d+$/.test(at) || at.length > DIGITS_MAX) return undefined;
  return isBreakage(trial) || isDeath(trial) ? { trial, at: Number(at) } : undefined;
}
