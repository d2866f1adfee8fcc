import { KCS_TIMING } from "../../host/index.ts";
import { BtControl } from "../../wire/bt/protocol.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import { SmicFlag } from "../../wire/smic/protocol.ts";
import type { HostSeat } from "../host-seat.ts";
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
export function faultKinds(
  scenario: string,
  host: HostSeat["kind"] = "stack",
): readonly FaultKind[] {
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
  answer("answer-just-too-late", { delay: `${PATIENCE_US}us` }),
];

const ON_KCS: readonly FaultKind[] = [
  stuck("status", "obf", Status.Obf),
  stuck("status", "ibf", Status.Ibf),
  stuck("status", "attention", Status.SmsAtn),
  stuck("status", "state", Status.State),
];

const ON_SMIC: readonly FaultKind[] = [
  stuck("flags", "busy", SmicFlag.Busy),
  stuck("flags", "attention", SmicFlag.SmsAtn),
  stuck("flags", "ready", SmicFlag.RxDataRdy | SmicFlag.TxDataRdy),
  { name: "smi", injections: once({ wire: { smi: {} } }), same: sameForLab },
];

const ON_BT: readonly FaultKind[] = [
  ...[BtControl.H2bAtn, BtControl.B2hAtn, BtControl.HBusy, BtControl.BBusy].map((bit) => {
    return stuck("control", bit.toString(16).padStart(2, "0"), bit);
  }),
  ...[
    ...[BtControl.ClearWritePointer, BtControl.ClearReadPointer, BtControl.H2bAtn],
    ...[BtControl.B2hAtn, BtControl.HBusy],
  ].map(controlLost),
];

const ON_SSIF: readonly FaultKind[] = [
  bus("byte-not-acknowledged", { nack: { on: "byte", count: "1" } }),
  bus("bus-lost", { arbitration: { on: "byte", count: "1" } }),
  bus("byte-written-changed", { corrupt: { direction: "write", xor: "01", count: "1" } }),
  bus("byte-read-changed", { corrupt: { direction: "read", xor: "80", count: "1" } }),
  bus("byte-repeated", { repeat: { count: "1" } }),
  bus("stop-lost", { "no-stop": { after: "any", count: "1" } }),
  // From the moment on at which it fires.
  {
    name: "clock-held",
    injections: once({ wire: { stretch: { time: "30ms", count: "1" } } }),
    same: sameForLab,
  },
];

function onTheWire(scenario: TreeMap): readonly FaultKind[] {
  switch (at(scenario, ["interface"]) ?? "kcs") {
    case "kcs":
      return ON_KCS;
    case "smic":
      return ON_SMIC;
    case "bt":
      return ON_BT;
    case "ssif":
      return ON_SSIF;
    default:
      return [];
  }
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

/** Acts on a step of the bus that is still to come. */
function bus(name: string, wire: TreeMap): FaultKind {
  return { name, injections: once({ wire }), same: sameUnless(() => true) };
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

/** Shows only when the host reads the register while those bits are not all 1 anyway. */
function stuck(reg: "status" | "flags" | "control", name: string, mask: number): FaultKind {
  const bits = mask.toString(16).padStart(2, "0");
  const wire: TreeMap = { stuck: { reg, bits, level: "1" } };
  const shows = sameUnless((access) => {
    return access.e === "host.read" && access.reg === reg && (access.value & mask) !== mask;
  });
  return {
    name: `${reg}-${name}-stuck`,
    injections: (event) => [{ at: event.n, fault: { wire, ...lasting(STUCK_US, event) } }],
    same: (before, place, map) => {
      return sameMark(STUCK_US, before, place) && shows(before, place, map);
    },
  };
}

/** The next write to BT_CTRL that has one of these bits does not arrive. */
function controlLost(mask: number): FaultKind {
  const bits = mask.toString(16).padStart(2, "0");
  const wire: TreeMap = { "lost-write": { reg: "control", bits, count: "1" } };
  const acts = sameUnless((access) => {
    return access.e === "host.write" && access.reg === "control" && (access.value & mask) !== 0;
  });
  return { name: `control-${bits}-lost`, injections: once({ wire }), same: acts };
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
