/**
 * Whether a BMC keeps the specification, asked by a host: cases, each of which is data and a function of
 * what the BMC answers. Our own host stack carries the questions and the referee watches; what it has no
 * rule for a case sees itself.
 */
export {
  ALLOWANCE_TEXT,
  ALLOWANCES,
  type Allowance,
  type Case,
} from "./case.ts";
export { cases } from "./cases/index.ts";
export { type CheckTarget, check, type LabTarget } from "./check.ts";
export { fails, GRADES, type Grade } from "./grade.ts";
export type { Claim, Remark } from "./look.ts";
export type { MachineTarget } from "./machine.ts";
export type { CaseOutcome, CheckResult } from "./outcome.ts";
export { checkedIn, plainScenario } from "./targets.ts";
