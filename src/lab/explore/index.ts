/** Exploration: every point where the world may stop, every order of turns, up to a bound. */

export { grouped } from "./counts.ts";
export { type Covered, coverageText, together } from "./covered.ts";
export { type Crew, ownHands, threads } from "./crew.ts";
export { AtEveryAccess } from "./driver/at-every-access.ts";
export { DEED_NAMES, type Deed } from "./driver/deeds.ts";
export {
  type DriverOptions,
  drivers,
  runOnDriver,
  whyNotOnStoppedDriver,
} from "./driver/run.ts";
export { FaultEverywhere, FaultPairs } from "./everywhere.ts";
export {
  type Exploration,
  explore,
  KEPT_MAX,
  type SettledRun,
  type Sort,
  sortOf,
} from "./explore.ts";
export { type FaultKind, type Firing, faultKinds, HALT, wireKinds } from "./fault-kinds.ts";
export { type GuestOptions, guestEventMap, guests, runOnGuest } from "./guests.ts";
export { type Maxima, most, NO_MAXIMA } from "./measures.ts";
export { type Injection, JUDGES, type Judge, plainPlan, type RunPlan } from "./plan.ts";
export type { Progress } from "./progress.ts";
export {
  type Breach,
  breachesOf,
  type Outcome,
  plannedRun,
  planText,
  runPlan,
  type TracedOutcome,
  tracedRun,
  traceHash,
} from "./run.ts";
export {
  RUN_FORMAT,
  type RunFile,
  RunFileError,
  readRunFile,
  runFileOf,
  writeRunFile,
} from "./run-file.ts";
export { Schedules } from "./schedules.ts";
export { has, type Share, WHOLE } from "./share.ts";
export { type Shrunk, shrink } from "./shrink.ts";
export { Situations } from "./situations.ts";
export type { Strategy } from "./strategy.ts";
export { type EventMap, eventMap, type Place, surveyedRun } from "./survey.ts";
export { Swarm } from "./swarm.ts";
export { type Tried, TriedFaults } from "./tried.ts";
