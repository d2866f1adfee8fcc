import { assert } from "../../../assert.ts";
import type { RealBmc } from "../../../match/party.ts";
import { systemInterfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { SECOND_US } from "../../../time/index.ts";
import { type QemuBmc, type QemuInterface, qemuGround } from "./ground.ts";

/** How long QEMU's start and our bring-up may take beyond the scenario. In µs. */
const START_US = 30 * SECOND_US;

/** What a scenario may want of our controller when QEMU has the interface. */
const CONTROLLERS = [
  ...["command-latency", "ipmi", "firmware", "manufacturer", "product"],
  ...["unsupported", "event-buffer", "stuck-enables"],
];

/** Why a scenario cannot be played on this device of QEMU's; undefined when it can. */
function whyNotOnQemu(scenario: Scenario, bmc: QemuBmc): string | undefined {
  const { bus, behind } = bmc;
  const kind = systemInterfaceOf(scenario);
  if (kind === "smic") return "QEMU has no SMIC device";
  if (kind === "ssif" && bus === "pci") return "QEMU's SSIF device is on no PCI bus";
  if (scenario.faults !== undefined) return `${scenario.name} has faults, and QEMU has none`;
  const able: readonly string[] = behind === "controller" ? CONTROLLERS : [];
  const beyond = Object.keys(scenario.bmc ?? {}).find((wish) => !able.includes(wish));
  if (beyond !== undefined)
    return `QEMU's BMC cannot have the ${beyond} that ${scenario.name} wants`;
  if ((scenario.spacing ?? 1) !== 1) return "QEMU's registers lie side by side";
  return undefined;
}

/** What the referee notes of each device, with nothing wrong in what it is asked. */
const USUAL: Readonly<Record<QemuInterface, readonly string[]>> = {
  kcs: ["KCS-20", "KCS-34"],
  bt: [],
  ssif: [],
};

/** One of QEMU's IPMI devices, as a BMC in real time. */
export function qemu(bmc: QemuBmc): RealBmc {
  const own = bmc.behind === "qemu";
  return {
    name: own ? "qemu" : "controller behind qemu",
    time: "real",
    expects: own ? "qemu" : "qemu-extern",
    usual: (kind) => (kind === "smic" || kind === "opal" ? [] : USUAL[kind]),
    whyNot: (scenario) => whyNotOnQemu(scenario, bmc),
    join: ({ scenario, options, scheduler, tracer }) => {
      return qemuGround(bmc, {
        interface: qemuInterface(scenario),
        wanted: scenario.bmc ?? {},
        scheduler,
        tracer,
        program: options.qemu,
        lifeS: Math.ceil((scenario.until + START_US) / SECOND_US),
      });
    },
  };
}

function qemuInterface(scenario: Scenario): QemuInterface {
  const kind = systemInterfaceOf(scenario);
  assert(kind !== "smic", "QEMU has a device for the interface");
  return kind;
}
