import { interfaceOf } from "../../scenario/on-interface.ts";
import type { Fault, Scenario } from "../../scenario/schema.ts";

/** What a scenario may want of the controller behind the driver. */
const CONTROLLER = [
  ...["command-latency", "ipmi", "firmware", "manufacturer", "product"],
  ...["unsupported", "event-buffer", "stuck-enables", "threads"],
  // The driver knows no tickets; the rest is about interfaces that this is not.
  ...["trusting", "bt", "ssif"],
  // While nobody has its device open, the driver does what it does.
  ...["boot", "boot-look", "when-closed"],
];
/** What a scenario may do to the daemon, the controller and the BMC's processor. */
const DEEDS = [
  ...["reset", "hang", "sticky", "slow", "own-timeout", "watchdog"],
  ...["daemon", "event", "message", "firmware", "power", "times", "every", "when-closed"],
];
/** Registers that nobody drives are the model's. */
const LOOKS_OF_THE_WIRE: readonly (string | undefined)[] = ["all-ones", "zeros"];

/** Why a scenario cannot be played against a kernel's own driver; undefined when it can. */
export function whyNotOnDriver(scenario: Scenario): string | undefined {
  const { name, bmc = {}, faults = [] } = scenario;
  const kind = interfaceOf(scenario);
  if (kind !== "kcs") return `QEMU models no ${kind} of a BMC chip, only KCS`;
  if ((scenario.spacing ?? 1) !== 1) return "the chip's registers lie side by side";
  if (scenario.second !== undefined) return `${name} has a second interface, and this BMC has one`;
  if (scenario.host?.interrupt === true) return "QEMU's chips have no interrupt to the host";
  const beyond = Object.keys(bmc).find((wish) => !CONTROLLER.includes(wish));
  if (beyond !== undefined) return `the kernel's driver is as it is: it has no ${beyond} to set`;
  const look = bmc["boot-look"];
  if (LOOKS_OF_THE_WIRE.includes(look)) return `${name} ${ofTheWire(look)}`;
  for (const fault of faults) {
    const why = whyNoFault(fault);
    if (why !== undefined) return `${name} ${why}`;
  }
  return undefined;
}

function whyNoFault({ answer, attention, bmc, wire, host }: Fault): string | undefined {
  if (answer !== undefined || attention !== undefined) return undefined;
  if (wire !== undefined) return "has faults of the wire, and this wire is QEMU's";
  if (host !== undefined) return "stops or restarts the host, and this one lives in real time";
  if (bmc === undefined) return undefined;
  const deed = Object.keys(bmc).find((each) => !DEEDS.includes(each));
  if (deed !== undefined) return `has ${deed}, and the kernel's driver is as it is`;
  const look = bmc.reset?.look;
  return LOOKS_OF_THE_WIRE.includes(look) ? ofTheWire(look) : undefined;
}

function ofTheWire(look: string | undefined): string {
  return `has registers that read ${look}, and these are the chip's`;
}
