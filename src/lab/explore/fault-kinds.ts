import { KCS_TIMING } from "../../host/index.ts";
import type { Injection } from "./plan.ts";
import type { TreeMap } from "./tree.ts";
import { at, isList, treeOf } from "./tree.ts";

/** A kind of fault that an exploration tries at every event. */
export interface FaultKind {
  readonly name: string;
  injections(event: number): readonly Injection[];
}

const AWAY = "3s";
/** What the host's interface waits for a byte of the BMC. */
const PATIENCE_US = KCS_TIMING.outputTimeoutUs;
/**
 * A response that is late by as much as the host waits comes later than that by what the BMC needs
 * anyway: to take the last byte, to read the request, to carry it out.
 */
const ANYWAY_US = 100;

/** The host's processor stops, and its panic path runs. */
export const HALT: FaultKind = kind("panic", { host: { panic: "explored" } });

/** Every kind that the host's users and its BMC can meet in this scenario. */
export function faultKinds(scenario: string): readonly FaultKind[] {
  return [HALT, ...COMMON, ...usersOf(scenario).map(userGone)];
}

const COMMON: readonly FaultKind[] = [
  kind("bmc-reset", { bmc: { reset: { away: AWAY, look: "error" } } }),
  {
    name: "bmc-reset-first-answers",
    injections: (event) => [
      { at: event, fault: { bmc: { reset: { away: AWAY, look: "hold" } } } },
      { at: event, after: AWAY, fault: { answer: { to: "any", code: "d5", times: "4" } } },
    ],
  },
  kind("daemon-gone", { bmc: { "when-closed": "refuse" }, for: AWAY }),
  kind("answer-lost", { answer: { to: "any", silence: "true", times: "1" } }),
  kind("answer-just-in-time", lateAnswer(PATIENCE_US - ANYWAY_US)),
  kind("answer-just-too-late", lateAnswer(PATIENCE_US)),
  kind("status-obf-stuck", stuck("01", "1")),
  kind("status-ibf-stuck", stuck("02", "1")),
  kind("status-attention-stuck", stuck("04", "1")),
  kind("status-state-stuck", stuck("c0", "1")),
  kind("driver-removed", { host: { driver: "removed" }, for: "100ms" }),
];

function kind(name: string, fault: TreeMap): FaultKind {
  return { name, injections: (event) => [{ at: event, fault }] };
}

function lateAnswer(us: number): TreeMap {
  return { answer: { to: "any", delay: `${us}us`, times: "1" } };
}

function stuck(bits: string, level: "0" | "1"): TreeMap {
  return { wire: { stuck: { reg: "status", bits, level } }, for: "50ms" };
}

function userGone(user: string): FaultKind {
  return kind(`user-gone ${user}`, { host: { close: user } });
}

function usersOf(scenario: string): string[] {
  const actors = at(treeOf(scenario), ["workload"]);
  if (!isList(actors)) return [];
  return actors.map((actor) => at(actor, ["user"])).filter((user) => typeof user === "string");
}
