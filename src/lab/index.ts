/** Matches: a host, a BMC and a wire, a workload and faults, and a verdict. */
export { BMC_CHIPS } from "../seats/qemu/index.ts";
export {
  BMC_SEATS,
  type BmcSeat,
  bmcSeat,
  chipSeat,
  playBetween,
  whyNotBetween,
} from "./bmc-seat.ts";
export * from "./explore/index.ts";
export { durationText } from "./faults/fault-text.ts";
export { type LinuxMatchOptions, runLinuxMatch } from "./guest/linux-match.ts";
export { NotForGuests } from "./guest/not-for-guests.ts";
export { type HostSeat, hostName, type PlayOptions, playOn, whyNotFor } from "./host-seat.ts";
export type { MatchOptions, MatchResult } from "./match.ts";
export { type Cell, type Column, type Matrix, type MatrixOptions, playMatrix } from "./matrix.ts";
export { onInterface } from "./scenario/on-interface.ts";
export { readScenario, ScenarioError, scenarioJsonSchema } from "./scenario/read.ts";
export type { Expectation, Fault, Scenario } from "./scenario/schema.ts";
export { runStackMatch } from "./stack/stack-match.ts";
export { interfaceOf, PLAYED_INTERFACES, type PlayedInterface } from "./wires/index.ts";
