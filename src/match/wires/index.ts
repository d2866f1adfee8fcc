import { interfaceOf } from "../../scenario/on-interface.ts";
import type { TransportKind } from "../../wire/interface.ts";
import { btWire } from "./bt.ts";
import { kcsWire } from "./kcs.ts";
import type { LabWire, LabWireParts } from "./lab-wire.ts";
import { opalWire } from "./opal.ts";
import { smicWire } from "./smic.ts";
import { ssifWire } from "./ssif.ts";

export type { LabWire, LabWireParts } from "./lab-wire.ts";

/** How each interface is laid out in a match. */
const WIRES: Readonly<Record<TransportKind, (parts: LabWireParts) => LabWire>> = {
  kcs: kcsWire,
  smic: smicWire,
  bt: btWire,
  ssif: ssifWire,
  opal: opalWire,
};

/** Lays out the wire of a scenario's interface. */
export function layOut(parts: LabWireParts): LabWire {
  return WIRES[interfaceOf(parts.scenario)](parts);
}
