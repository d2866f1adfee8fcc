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
export {
  type BmcParty,
  type HostParty,
  whyNotBetween,
  whyNotFor,
} from "../match/party.ts";
export { CannotMeet } from "../match/play.ts";
export { inTurns, type Steps } from "../match/steps.ts";
export { scenarioJsonSchema } from "../scenario/json-schema.ts";
export { interfaceOf, onInterface, systemInterfaceOf } from "../scenario/on-interface.ts";
export { readPlayed, readScenario, ScenarioError } from "../scenario/read.ts";
export type { Expectation, Fault, Scenario } from "../scenario/schema.ts";
export { seatsOf } from "../scenario/script.ts";
export { durationText } from "../scenario/vocabulary/unit.ts";
export { NotForGuests } from "../seats/linux/match/not-for-guests.ts";
export {
  ExternBmc,
  type ExternBmcParts,
  type ExternOrder,
  ExternSocket,
} from "../seats/qemu/index.ts";
export {
  INTERFACES,
  type InterfaceKind,
  TRANSPORTS,
  type TransportKind,
} from "../wire/interface.ts";
export * from "./explore/index.ts";
export {
  type Cell,
  type Column,
  cellOf,
  type Matrix,
  type MatrixOptions,
  playMatrix,
} from "./matrix.ts";
export {
  type LinuxMatchOptions,
  playBetween,
  playOn,
  runLinuxMatch,
  runStackMatch,
  stackMatch,
} from "./play.ts";
export { BMC_SEATS, bmcKernel, bmcSeat, CHIP_NAMES, chipSeat, HOSTS, hostSeat } from "./seats.ts";
