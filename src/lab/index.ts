/** Matches: a host, a BMC and a wire, a workload and faults, and a verdict. */

export type { MatchOptions, MatchResult } from "../match/match.ts";
export { inTurns, type Steps } from "../match/steps.ts";
export { scenarioJsonSchema } from "../scenario/json-schema.ts";
export { interfaceOf, onInterface } from "../scenario/on-interface.ts";
export { readPlayed, readScenario, ScenarioError } from "../scenario/read.ts";
export type { Expectation, Fault, Scenario } from "../scenario/schema.ts";
export { durationText } from "../scenario/vocabulary/unit.ts";
export { type LinuxMatchOptions, runLinuxMatch } from "../seats/linux/match/linux-match.ts";
export { NotForGuests } from "../seats/linux/match/not-for-guests.ts";
export { BMC_CHIPS } from "../seats/qemu/index.ts";
export { runStackMatch, stackMatch } from "../seats/stack/stack-match.ts";
export { INTERFACES, type InterfaceKind } from "../wire/interface.ts";
export {
  BMC_SEATS,
  type BmcSeat,
  bmcSeat,
  chipSeat,
  playBetween,
  whyNotBetween,
} from "./bmc-seat.ts";
export * from "./explore/index.ts";
export { type HostSeat, hostName, type PlayOptions, playOn, whyNotFor } from "./host-seat.ts";
export { type Cell, type Column, type Matrix, type MatrixOptions, playMatrix } from "./matrix.ts";
