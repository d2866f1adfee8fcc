import type { HostWire } from "../../wire/interface.ts";
import { Bt } from "./bt/bt.ts";
import type { BtTiming } from "./bt/limits.ts";
import { Kcs, type KcsTiming } from "./kcs/kcs.ts";
import type { InterfaceMachine } from "./machine.ts";
import { Opal, type OpalTiming } from "./opal/opal.ts";
import { Smic, type SmicTiming } from "./smic/smic.ts";
import { Ssif } from "./ssif/ssif.ts";
import type { SsifTiming } from "./ssif/timing.ts";

/** How long each protocol's machine waits for what. */
export interface InterfaceTimings {
  readonly kcs: KcsTiming;
  readonly smic: SmicTiming;
  readonly bt: BtTiming;
  readonly ssif: SsifTiming;
  readonly opal: OpalTiming;
}

/** The machine that speaks the wire's protocol. */
export function machineFor(wire: HostWire, timings: InterfaceTimings): InterfaceMachine {
  switch (wire.kind) {
    case "kcs":
      return new Kcs(wire.port, wire.spacing, timings.kcs);
    case "smic":
      return new Smic(wire.port, wire.spacing, timings.smic);
    case "bt":
      return new Bt(wire.port, wire.spacing, timings.bt);
    case "ssif":
      return new Ssif(wire.bus, wire.address, timings.ssif, wire.withoutPec);
    case "opal":
      return new Opal(wire.port, timings.opal);
  }
}

/** How long a transaction takes at the most, from its begin to Done or Failed, in µs. */
export function transactionUs(kind: HostWire["kind"], timings: InterfaceTimings): number {
  return timings[kind].transactionUs;
}
