/** From the word that a user gives to a BMC that can be checked. */
import {
  type Allowance,
  type CheckTarget,
  checkedIn,
  type LabTarget,
  plainScenario,
} from "../check/index.ts";
import { machineHead, openTarget } from "../devices/index.ts";
import { BMC_SEATS, bmcSeat, interfaceOf } from "../lab/index.ts";
import { locationText, parseLocation } from "../wire/location.ts";
import { interfaceNamed, loadScenario, playedOn } from "./catalogue.ts";
import { placeOf } from "./discovered.ts";
import { Exit, Failure } from "./failure.ts";

const SCENARIO = "scenario:";
const DISCOVERED = "discovered";
/** An interface of this machine's, as opposed to a seat's name. */
const LOCATION = /[/:]/;

/** What a user may write for a target. */
export const TARGET_USAGE = [
  ...[...BMC_SEATS, `${SCENARIO}NAME`],
  ...["/dev/ipmi0", "kcs:io:0xca2 and its like", DISCOVERED],
].join(", ");

/** How a target is to be taken. */
export interface TargetWishes {
  readonly interface?: string | undefined;
  readonly seed?: number | undefined;
  readonly force?: boolean | undefined;
  readonly allow: readonly Allowance[];
}

/** A target, and how its user names it in a command. */
export interface Targeted {
  readonly target: CheckTarget;
  readonly name: string;
  /** `kernel` where its driver has the interface, whichever that is. */
  readonly interface: string;
  /** In words: which interface, and in which of its courses. */
  readonly how: string;
  /** The words of a command that checks it. */
  readonly words: readonly string[];
}

/** The BMC that a user named, on the interface that he named, or the scenario's own, or KCS. */
export function targetNamed(name: string, wishes: TargetWishes): Targeted {
  const isScenario = name.startsWith(SCENARIO);
  const isSeat = isScenario || bmcSeat(name) !== undefined;
  if (name === DISCOVERED || (LOCATION.test(name) && !isSeat)) return ofMachine(name, wishes);
  const { interface: wanted, seed } = wishes;
  if (wishes.force === true) throw wrong("--force", `${name} has no registers of this machine's`);
  const kind = wanted === undefined ? undefined : interfaceNamed(wanted);
  const target = isScenario ? ofScenario(name.slice(SCENARIO.length), kind) : ofSeat(name, kind);
  const why = target.bmc.whyNot(target.scenario);
  if (why !== undefined) throw new Failure(Exit.WrongCommand, `check ${name}: ${why}`);
  const on = interfaceOf(target.scenario);
  if (on === "opal")
    throw wrong("--interface", "a check is of a system interface, and OPAL is none");
  return {
    ...{ target, name, interface: on, how: `on ${on}, seed ${seed ?? 0}` },
    words: [name, "--interface", on, ...(seed === undefined ? [] : ["--seed", String(seed)])],
  };
}

function ofScenario(name: string, kind: ReturnType<typeof interfaceNamed> | undefined): LabTarget {
  const { scenario } = playedOn(loadScenario(name), kind);
  const bmc = bmcSeat("model");
  if (bmc === undefined) throw new Failure(Exit.Bug, "there is no model");
  return { bmc, scenario: checkedIn(scenario), forUs: scenario.until };
}

function ofSeat(name: string, kind: ReturnType<typeof interfaceNamed> = "kcs"): LabTarget {
  const bmc = bmcSeat(name);
  if (bmc !== undefined) return { bmc, scenario: plainScenario(kind), forUs: 0 };
  throw new Failure(Exit.WrongCommand, `check ${name}: only ${TARGET_USAGE} can be checked today`);
}

/** An interface of the machine that this runs on. */
function ofMachine(given: string, wishes: TargetWishes): Targeted {
  if (wishes.interface !== undefined) {
    throw wrong("--interface", `${given} says itself which interface it is`);
  }
  if (wishes.seed !== undefined) throw wrong("--seed", `${given} is no model, and has one course`);
  if (wishes.allow.includes("power")) {
    const text = `${given} is of the machine that asks, which would be reset or lose its power`;
    throw wrong("--allow power", text);
  }
  const place = placeOf(parseLocation(given), given);
  const name = locationText(place);
  const kind = "kind" in place ? place.kind : undefined;
  const { force = false } = wishes;
  return {
    target: {
      kind,
      head: machineHead(place),
      open: (options, sink) => openTarget(place, { ...options, force }, sink),
    },
    ...{ name, interface: kind ?? "kernel" },
    how: kind === undefined ? "by the kernel's driver" : `on ${kind}, by our own driver`,
    words: [name, ...(force ? ["--force"] : [])],
  };
}

function wrong(option: string, why: string): Failure {
  return new Failure(Exit.WrongCommand, `${option}: ${why}`);
}
