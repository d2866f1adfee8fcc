/** Exploration: every point where the world may stop, every order of turns, up to a bound. */
export { type Crew, ownHands, threads } from "./crew.ts";
export { type EventMap, eventMap, FaultEverywhere, FaultPairs } from "./everywhere.ts";
export { type BrokenRun, type Exploration, explore, type Progress } from "./explore.ts";
export { type FaultKind, faultKinds, HALT } from "./fault-kinds.ts";
export type { Maxima } from "./maxima.ts";
export { type Injection, plainPlan, type RunPlan } from "./plan.ts";
export {
  type Breach,
  type Outcome,
  planText,
  runPlan,
  type TracedOutcome,
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
export { type Shrunk, shrink } from "./shrink.ts";
export { grouped, type Strategy } from "./strategy.ts";
export { Swarm } from "./swarm.ts";
