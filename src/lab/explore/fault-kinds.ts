import { KCS_TIMING } from "../../host/index.ts";
import type { HostWord } from "../../scenario/schema.ts";
import { triedOn } from "../../scenario/vocabulary/wire.ts";
import { TICK_US } from "../../time/virtual.ts";
import { INTERFACES } from "../../wire/interface.ts";
import type { Injection } from "./plan.ts";
import type { EventMap, HostAccess, Place } from "./survey.ts";
import type { Tree, TreeMap } from "./tree.ts";
import { at, isList, isMap, treeOf } from "./tree.ts";
import { BUSY } from "./user-books.ts";

/** A kind of fault that an exploration tries at every event. */
export interface FaultKind {
  readonly name: string;
  injections(event: Firing): readonly Injection[];
  /**
   * Whether the fault's runs at two neighbouring places are the same but for the place of the
   * fault's own events: nothing that the fault touches happens between them.
   */
  same(before: Place, place: Place, map: EventMap): boolean;
}

/** The event at which a fault fires. */
export interface Firing {
  readonly n: number;
  /** When the lab acts then, if that is known. The fault may then end at a time of the trace. */
  readonly labUs?: number;
}

const AWAY = "3s";
/** What the host's interface waits for a byte of the BMC. */
const PATIENCE_US = KCS_TIMING.outputTimeoutUs;
/**
 * A response that is late by as much as the host waits comes later than that by what the BMC needs
 * anyway: to take the last byte, to read the request, to carry it out.
 */
const ANYWAY_US = 100;
/** A host looks whether its patience is over on a tick, and takes what has come by then. */
const LOOKS_AGAIN_US = TICK_US;
/** What lasts a while ends at a multiple of this: whenever it began, it ends at the same time. */
const MARK_US = 10_000;
const STUCK_US = 50_000;
const REMOVED_US = 100_000;

/** The host's processor stops, and its panic path runs. */
export const HALT: FaultKind = {
  name: "panic",
  injections: once({ host: { panic: "explored" } }),
  same: (before, place) => before.halt === place.halt,
};

/**
 * Every kind that the host's users and its BMC can meet in this scenario. A guest's life is not in
 * the lab's hands: only what happens to its BMC and on the wire can happen to it.
 */
export function faultKinds(scenario: string, host: HostWord = "stack"): readonly FaultKind[] {
  const tree = treeOf(scenario);
  const outside = [...ON_THE_BMC, ...onTheWire(tree)];
  if (host !== "stack") return outside;
  const users = usersOf(tree).map((user) => userGone(user, tree));
  return [HALT, ...outside, DRIVER_REMOVED, ...users];
}

const ON_THE_BMC: readonly FaultKind[] = [
  {
    name: "bmc-reset",
    injections: once({ bmc: { reset: { away: AWAY, look: "error" } } }),
    same: sameForLab,
  },
  {
    name: "bmc-reset-first-answers",
    injections: ({ n }) => [
      { at: n, fault: { bmc: { reset: { away: AWAY, look: "hold" } } } },
      { at: n, after: AWAY, fault: { answer: { to: "any", code: "d5", times: "4" } } },
    ],
    // What comes after a while is counted from the event itself.
    same: (before, place) => sameForLab(before, place) && before.t === place.t,
  },
  {
    name: "daemon-gone",
    injections: once({ bmc: { "when-closed": "refuse" }, for: AWAY }),
    same: sameForLab,
  },
  answer("answer-lost", { silence: "true" }),
  answer("answer-just-in-time", { delay: `${PATIENCE_US - ANYWAY_US}us` }),
  answer("answer-just-too-late", { delay: `${PATIENCE_US + LOOKS_AGAIN_US}us` }),
];

/** A fault of the wire's at an event, as the table of faults has it. */
function wireKind({ name, word, says, acts }: ReturnType<typeof triedOn>[number]): FaultKind {
  const wire: TreeMap = { [word]: says };
  const lasts = (event: Firing) => [{ at: event.n, fault: { wire, ...lasting(STUCK_US, event) } }];
  switch (acts) {
    case "at once":
      return { name, injections: once({ wire }), same: sameForLab };
    case "at once, for a while":
      return { name, injections: lasts, same: sameForLab };
    case "on the next step":
      return { name, injections: once({ wire }), same: sameUnless(() => true) };
    case "on each step, for a while":
      return { name, injections: lasts, same: sameWhile(sameUnless(() => true)) };
    case "on the next write":
      return { name, injections: once({ wire }), same: sameUnless(writeOf(says)) };
    case "on such reads, for a while":
      return { name, injections: lasts, same: sameWhile(sameUnless(readShowing(says))) };
  }
}

/** A write of the register, if bits are named one that has some of them. */
function writeOf(says: Tree): (access: HostAccess) => boolean {
  const bits = at(says, ["bits"]);
  const mask = typeof bits === "string" ? Number.parseInt(bits, 16) : undefined;
  return (access) => {
    if (access.e !== "host.write" || access.reg !== at(says, ["reg"])) return false;
    return mask === undefined || (access.value & mask) !== 0;
  };
}

/** A read of the register in which not all of the bits are as they are held anyway. */
function readShowing(says: Tree): (access: HostAccess) => boolean {
  const mask = Number.parseInt(String(at(says, ["bits"])), 16);
  const held = at(says, ["level"]) === "1" ? mask : 0;
  return (access) => {
    if (access.e !== "host.read" || access.reg !== at(says, ["reg"])) return false;
    return (access.value & mask) !== held;
  };
}

/** What lasts a while ends at the same time, too. */
function sameWhile(same: FaultKind["same"]): FaultKind["same"] {
  return (before, place, map) => sameMark(STUCK_US, before, place) && same(before, place, map);
}

/** Every kind that the wire of a scenario's interface can have. */
export function wireKinds(scenario: string): readonly FaultKind[] {
  return onTheWire(treeOf(scenario));
}

function onTheWire(scenario: TreeMap): readonly FaultKind[] {
  const named = at(scenario, ["interface"]) ?? "kcs";
  const kind = INTERFACES.find((each) => each === named);
  return kind === undefined ? [] : triedOn(kind).map(wireKind);
}

const DRIVER_REMOVED: FaultKind = {
  name: "driver-removed",
  injections: (event) => [
    { at: event.n, fault: { host: { driver: "removed" }, ...lasting(REMOVED_US, event) } },
  ],
  same: (before, place) => before.host === place.host && sameMark(REMOVED_US, before, place),
};

function once(fault: TreeMap): FaultKind["injections"] {
  return ({ n }) => [{ at: n, fault }];
}

/** Lies in wait for the next response. */
function answer(name: string, what: TreeMap): FaultKind {
  return {
    name,
    injections: once({ answer: { to: "any", ...what, times: "1" } }),
    same: (before, place) => {
      return before.responses === place.responses && before.faults === place.faults;
    },
  };
}

/**
 * A user who waits for an answer gets one when he goes. Of one who does not, the stack notices
 * nothing until he would ask again; unless he has other ties to it than his requests.
 */
function userGone(user: string, scenario: TreeMap): FaultKind {
  const plain = hasPlainUsers(scenario);
  return {
    name: `user-gone ${user}`,
    injections: once({ host: { close: user } }),
    same: (before, place) => {
      if (before.host === place.host) return true;
      const concerns = place.users.get(user) ?? 0;
      if (!plain || concerns === BUSY || concerns !== (before.users.get(user) ?? 0)) return false;
      return before.life === place.life && before.faults === place.faults;
    },
  };
}

/** A fault on the wire: what it acts on are the host's accesses, and other faults beside it. */
function sameUnless(actsOn: (access: HostAccess) => boolean): FaultKind["same"] {
  return (before, place, { accesses }) => {
    if (before.faults !== place.faults) return false;
    for (let index = before.accesses; index < place.accesses; index++) {
      const access = accesses[index];
      if (access !== undefined && actsOn(access)) return false;
    }
    return true;
  };
}

function sameForLab(before: Place, place: Place): boolean {
  return before.lab === place.lab;
}

function sameMark(us: number, before: Place, place: Place): boolean {
  return markAfter(us, before.labUs) === markAfter(us, place.labUs);
}

/** For so long; to the next mark after that when the time is known. */
function lasting(us: number, { labUs }: Firing): TreeMap {
  return labUs === undefined ? { for: `${us}us` } : { until: `${markAfter(us, labUs)}us` };
}

function markAfter(us: number, nowUs: number): number {
  return Math.ceil((nowUs + us) / MARK_US) * MARK_US;
}

function usersOf(scenario: TreeMap): string[] {
  return actorsOf(scenario)
    .map((actor) => at(actor, ["user"]))
    .filter((user) => typeof user === "string");
}

const PLAIN_STEPS: ReadonlySet<string> = new Set(["request", "raw", "sleep", "read"]);

/** All that happens through the users is that they ask and are answered. */
function hasPlainUsers(scenario: TreeMap): boolean {
  return actorsOf(scenario).every((actor) => {
    const steps = at(actor, ["steps"]);
    return isList(steps) && steps.every(isPlain);
  });
}

function isPlain(step: Tree): boolean {
  return isMap(step) && Object.keys(step).some((key) => PLAIN_STEPS.has(key)) && !("ipmb" in step);
}

function actorsOf(scenario: TreeMap): readonly Tree[] {
  const actors = at(scenario, ["workload"]);
  return isList(actors) ? actors : [];
}
