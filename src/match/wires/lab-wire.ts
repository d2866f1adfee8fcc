import type { InterfaceDevice, MessageDeviceOptions, SystemInterface } from "../../bmc/index.ts";
import type { Scenario } from "../../scenario/schema.ts";
import type { WireAction } from "../../scenario/vocabulary/wire.ts";
import type { Lane, VirtualTime } from "../../time/virtual.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { HostWire } from "../../wire/interface.ts";
import type { OpalFault } from "../../wire/opal/faults.ts";
import type { FaultTime } from "../../wire/registers/faults.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import type { Course } from "../course.ts";
import type { Active } from "../faults/active.ts";
import type { Halt } from "../faults/halt.ts";

/** What a BMC can be made to do at its own face of a wire. */
export type Misdeed =
  | "bytes-late"
  | "ready-late"
  | "state-late"
  | "blocks-from"
  | "address-refused"
  | "response-kept"
  | "requests-merged";

/** Those of an interface, each with what sets how much of it there is; 0 is none. */
export type Misdeeds = { readonly [M in Misdeed]?: (amount: number) => void };

/**
 * One interface's wire in a match: from the face that the host is given, behind the clock and the
 * tap, to the device that the BMC's daemon opens.
 */
export interface LabWire {
  readonly host: HostWire;
  readonly tags: TransactionTags;
  readonly device: InterfaceDevice;
  /** What the BMC says of this interface, as far as it is not what it says of KCS. */
  readonly systemInterface: Partial<SystemInterface>;
  /** `ended` is called when the fault ends by itself. Only what `whyNotOn` has no word against. */
  inject(action: WireAction, ended?: () => void): Active;
  readonly misdeeds: Misdeeds;
  /** What a firmware between the two can be made to do, where there is one. */
  calls?(fault: OpalFault, ended: () => void): Active;
  /** Nothing is driven: all that the host reads is `value`, and nothing arrives. */
  absent(value: 0x00 | 0xff): Active;
  /** The host resets the BMC through the interface itself, where that can be done. */
  onHardwareReset?(run: () => void): void;
  /** The host's end of the interrupt line, behind the wire's faults. */
  onLine(changed: (level: boolean) => void): void;
}

export interface LabWireParts {
  readonly scenario: Scenario;
  readonly course: Course;
  readonly time: VirtualTime;
  readonly bmcLane: Lane;
  readonly labLane: Lane;
  readonly tracer: Tracer;
  readonly halt: Halt;
  /** The host tells no tags: each transfer is numbered on the wire. */
  readonly numbersTransfers: boolean;
}

/** What a scenario says of the device that the BMC's daemon opens, on any interface. */
export function deviceOptions({ scenario, course }: LabWireParts): MessageDeviceOptions {
  // Frozen: it is asked anew each time, and nothing in it changes.
  return Object.freeze({
    get inputLatencyUs() {
      return course.inputLatencyUs;
    },
    whenClosed: scenario.bmc?.["when-closed"] ?? "refuse",
    trusting: scenario.bmc?.trusting ?? false,
  });
}

/** The time in which the faults of a match's wire come and go. */
export function faultTime({ time, labLane }: LabWireParts): FaultTime {
  return {
    now: () => time.nowUs,
    later: (us, run) => {
      labLane.at(time.nowUs + us, "wire fault", run);
    },
  };
}
