/** Matches: a host, a BMC and a wire, a workload and faults, and a verdict. */
export { durationText } from "./fault-text.ts";
export { NotForGuests } from "./guest-workload.ts";
export { type LinuxMatchOptions, runLinuxMatch } from "./linux-match.ts";
export type { MatchOptions, MatchResult } from "./match.ts";
export { readScenario, ScenarioError, scenarioJsonSchema } from "./scenario/read.ts";
export type { Expectation, Fault, Scenario } from "./scenario/schema.ts";
export { runStackMatch } from "./stack-match.ts";
