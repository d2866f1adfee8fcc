import type { HostWire } from "../../wire/interface.ts";
import { Kcs, type KcsTiming } from "./kcs.ts";
import type { InterfaceMachine } from "./machine.ts";

/** How long each protocol's machine waits for what. */
export interface InterfaceTimings {
  readonly kcs: KcsTiming;
}

/** The machine that speaks the wire's protocol. */
export function machineFor(wire: HostWire, timings: InterfaceTimings): InterfaceMachine {
  switch (wire.kind) {
    case "kcs":
      return new Kcs(wire.port, wire.spacing, timings.kcs);
  }
}

/** How long a transaction takes at the most, from its begin to Done or Failed, in µs. */
export function transactionUs(kind: HostWire["kind"], timings: InterfaceTimings): number {
  return timings[kind].transactionUs;
}
