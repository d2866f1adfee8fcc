import type { Scenario } from "../scenario/schema.ts";
import { btWire } from "./bt.ts";
import { kcsWire } from "./kcs.ts";
import type { LabWire, LabWireParts } from "./lab-wire.ts";
import { smicWire } from "./smic.ts";
import { ssifWire } from "./ssif.ts";

export type { LabWire, LabWireParts } from "./lab-wire.ts";

/** How each interface is laid out in a match. */
const WIRES = { kcs: kcsWire, smic: smicWire, bt: btWire, ssif: ssifWire } as const;

/** The interfaces on which matches can be played. */
export type PlayedInterface = keyof typeof WIRES;
export const PLAYED_INTERFACES: readonly PlayedInterface[] = ["kcs", "smic", "bt", "ssif"];

/** The interface that a scenario is played on. */
export function interfaceOf(scenario: Scenario): PlayedInterface {
  return scenario.interface ?? "kcs";
}

/** Lays out the wire of a scenario's interface. */
export function layOut(parts: LabWireParts): LabWire {
  return WIRES[interfaceOf(parts.scenario)](parts);
}
