import { satellite } from "../bmc/controller/satellite.ts";
import type { SystemInterface } from "../bmc/index.ts";
import type { BmcOptions } from "../bmc/model.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Latencies } from "./course.ts";

/** In µs. */
const DEFAULT = {
  resetDelayUs: 2_000,
  resetUs: 10_000_000,
} as const;

/** A controller behind the BMC, for requests that are bridged to it. */
const NEIGHBOUR = { address: 0x52, latencyUs: 1_000 } as const;

/** `major.minor` of the versions that a BMC may claim. @see IPMI 2.0 §20.1 */
const IPMI_VERSION = {
  "0.9": { ipmiMajor: 0, ipmiMinor: 9 },
  "1.0": { ipmiMajor: 1, ipmiMinor: 0 },
  "1.5": { ipmiMajor: 1, ipmiMinor: 5 },
  "2.0": { ipmiMajor: 2, ipmiMinor: 0 },
} as const;

/** The BMC that a scenario's `bmc:` describes, with what it says of its interface. */
export function bmcOptions(
  asked: NonNullable<Scenario["bmc"]>,
  systemInterface: Partial<SystemInterface>,
  latencies: Latencies,
): BmcOptions {
  const look = asked["boot-look"] ?? "error";
  const stuckEnables = asked["stuck-enables"];
  return {
    whenClosed: asked["when-closed"] ?? "refuse",
    // Frozen: it is asked anew each time, and nothing in it changes.
    daemon: Object.freeze({
      get readLatencyUs() {
        return latencies.readLatencyUs;
      },
      get commandLatencyUs() {
        return latencies.commandLatencyUs;
      },
      // What says that it takes none at a time takes one all the same.
      threads: Math.max(systemInterface.bt?.outstandingRequests ?? 1, asked.threads ?? 1),
    }),
    controller: {
      systemInterface,
      eventBuffer: asked["event-buffer"] ?? true,
      unsupported: asked.unsupported ?? [],
      ipmb: [satellite(NEIGHBOUR)],
      ...(stuckEnables === undefined ? {} : { stuckEnables }),
      identity: {
        ...IPMI_VERSION[asked.ipmi ?? "2.0"],
        ...(asked.firmware === undefined
          ? {}
          : { firmwareMajor: asked.firmware.major, firmwareMinor: asked.firmware.minorBcd }),
        ...(asked.manufacturer === undefined ? {} : { manufacturerId: asked.manufacturer }),
        ...(asked.product === undefined ? {} : { productId: asked.product }),
      },
    },
    bootUs: asked.boot ?? 0,
    bootAbsence: look === "all-ones" || look === "zeros" ? "hold" : look,
    resetDelayUs: DEFAULT.resetDelayUs,
    resetUs: DEFAULT.resetUs,
  };
}
