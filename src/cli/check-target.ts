/** From the word that a user gives to a BMC that can be checked. */
import { type CheckTarget, checkedIn, plainScenario } from "../check/index.ts";
import { BMC_SEATS, bmcSeat, interfaceOf } from "../lab/index.ts";
import { interfaceNamed, loadScenario, playedOn } from "./catalogue.ts";
import { Exit, Failure } from "./failure.ts";

const SCENARIO = "scenario:";

/** What a user may write for a target. */
export const TARGET_USAGE = [...BMC_SEATS, `${SCENARIO}NAME`].join(", ");

/** A target, and how its user names it in a command. */
export interface Targeted {
  readonly target: CheckTarget;
  readonly name: string;
  readonly interface: string;
}

/** The BMC that a user named, on the interface that he named, or the scenario's own, or KCS. */
export function targetNamed(name: string, wanted: string | undefined): Targeted {
  const kind = wanted === undefined ? undefined : interfaceNamed(wanted);
  const target = name.startsWith(SCENARIO)
    ? ofScenario(name.slice(SCENARIO.length), kind)
    : ofSeat(name, kind ?? "kcs");
  const why = target.bmc.whyNot(target.scenario);
  if (why !== undefined) throw new Failure(Exit.WrongCommand, `check ${name}: ${why}`);
  return { target, name, interface: interfaceOf(target.scenario) };
}

function ofScenario(name: string, kind: ReturnType<typeof interfaceNamed> | undefined) {
  const { scenario } = playedOn(loadScenario(name), kind);
  const bmc = bmcSeat("model");
  if (bmc === undefined) throw new Failure(Exit.Bug, "there is no model");
  return { bmc, scenario: checkedIn(scenario), forUs: scenario.until };
}

function ofSeat(name: string, kind: ReturnType<typeof interfaceNamed>): CheckTarget {
  const bmc = bmcSeat(name);
  if (bmc !== undefined) return { bmc, scenario: plainScenario(kind), forUs: 0 };
  throw new Failure(Exit.WrongCommand, `check ${name}: only ${TARGET_USAGE} can be checked today`);
}
