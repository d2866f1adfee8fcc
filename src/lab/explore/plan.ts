import type { Stop } from "./driver/deeds.ts";
import type { TreeMap } from "./tree.ts";

/** A run as plain data: whoever has it can have the run again, byte for byte. */
export interface RunPlan {
  /** The scenario's YAML. */
  readonly scenario: string;
  readonly seed: number;
  /** Faults beyond the scenario's own, by the number of the event at which they fire. */
  readonly inject: readonly Injection[];
  /** Where the schedule departs from the ordinary one, in order and apart from each other. */
  readonly delays: readonly Delay[];
  /** Who is held to the rules; the host when left out. */
  readonly judge?: Judge;
  /** Of a BMC's real driver: what is done while it stands between two of its accesses. */
  readonly stop?: Stop;
}

/** Whom an exploration holds to the rules. */
export const JUDGES = ["host", "bmc", "both"] as const;
/** One of them. */
export type Judge = (typeof JUDGES)[number];

/** A fault of the scenario's vocabulary, fired at an event of the trace. */
export interface Injection {
  readonly at: number;
  /** So much later than the event, as a scenario writes it: `8s`. */
  readonly after?: string;
  /** The fault as a scenario writes it, without its `when`. */
  readonly fault: TreeMap;
}

/** From choice point `from` on, `count` choice points are answered with the other course. */
export interface Delay {
  readonly from: number;
  readonly count: number;
}

/** The run of a scenario as it stands. */
export function plainPlan(scenario: string, seed: number): RunPlan {
  return { scenario, seed, inject: [], delays: [] };
}
