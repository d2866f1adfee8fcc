import { AspeedKcs } from "../../../bmc/index.ts";
import type { LabBmc } from "../../../match/party.ts";
import type { LabWire, LabWireParts } from "../../../match/wires/index.ts";
import { kcsWireOver } from "../../../match/wires/kcs.ts";
import { interfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { BmcBoard, type BmcChip, type KcsChannel } from "../index.ts";

/** Where boards usually have the system interface: channel 3, at the specification's own address. */
const USUAL_CHANNEL = 3;
const ADDRESS = 0xca2;
/** The match is in virtual time; QEMU takes part in it as long as it lives. In s. */
const LIFE_S = 3_600;

/** Why a scenario cannot be played on a chip; undefined when it can. */
function whyNotOnChip(scenario: Scenario): string | undefined {
  const kind = interfaceOf(scenario);
  if (kind !== "kcs") return `QEMU models no ${kind} of a BMC chip, only KCS`;
  if ((scenario.spacing ?? 1) !== 1) return "the chip's registers lie side by side";
  if (scenario.host?.interrupt === true || scenario.host?.linux === "irq")
    return "QEMU's chips have no interrupt to the host";
  return undefined;
}

/**
 * QEMU's model of a BMC chip: our own driver for the chip, device, daemon and controller on its
 * registers. These have no time of their own, so it plays in the lab's, as the model does.
 */
export function chip(name: BmcChip, channel: KcsChannel = USUAL_CHANNEL): LabBmc {
  return {
    name: `${name} in qemu`,
    time: "lab",
    whyNot: whyNotOnChip,
    join: async ({ qemu }) => {
      const board = await BmcBoard.start(name, { program: qemu, lifeS: LIFE_S });
      return { layOut: (parts) => wireOn(board, channel, parts), leave: () => board.stop() };
    },
  };
}

function wireOn(board: BmcBoard, channel: KcsChannel, parts: LabWireParts): LabWire {
  const driver = new AspeedKcs(board.window, parts.bmcLane, { channel, address: ADDRESS });
  board.onInterrupt(() => void driver.interrupt());
  const block = { host: board.hostPort(channel), bmc: driver, onLine: () => {} };
  const wire = kcsWireOver(block, parts);
  driver.open();
  return wire;
}
