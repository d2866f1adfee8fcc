/**
 * Matches: a host, a BMC and a wire, a workload and faults, and a verdict. For whoever plays them from a
 * program and not from the command line; `explore` plays many.
 *
 * ```ts
 * import { readScenario, runStackMatch } from "baseboard/lab";
 *
 * const scenario = readScenario(
 *   `
 * name: hello
 * title: One question
 * source: an example
 * covers: []
 * story: A monitor asks who the BMC is.
 * until: 10s
 * workload: [{ user: monitor, steps: [{ request: Get Device ID }] }]
 * expect: { bmc: [], host: [] }
 * `,
 *   "hello.yaml",
 * );
 * const { verdict, misses } = runStackMatch(scenario);
 * console.log(verdict.fault.length === 0 && misses.length === 0 ? "as expected" : misses);
 * ```
 */
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
