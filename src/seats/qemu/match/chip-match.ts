import { AspeedKcs } from "../../../bmc/index.ts";
import type { ChipWire, MatchOptions, MatchResult } from "../../../match/match.ts";
import { kcsWireOver } from "../../../match/wires/kcs.ts";
import { interfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import { runStackMatch } from "../../stack/stack-match.ts";
import { BMC_CHIPS, BmcBoard, type BmcChip, type KcsChannel } from "../index.ts";

/** A BMC chip that QEMU models, and which of its channels. */
export interface ChipSeat {
  readonly chip: BmcChip;
  readonly channel: KcsChannel;
}

export interface ChipMatchOptions extends MatchOptions {
  /** QEMU's program, when it is not the usual one. */
  readonly qemu?: string | undefined;
}

/** Where boards usually have the system interface: channel 3, at the specification's own address. */
const USUAL_CHANNEL = 3;
const ADDRESS = 0xca2;
/** The match is in virtual time; QEMU takes part in it as long as it lives. In s. */
const LIFE_S = 3_600;

/** The chip that a user named; undefined when QEMU models none of that name. */
export function chipNamed(name: string): ChipSeat | undefined {
  const chip = BMC_CHIPS.find((known) => known === name);
  return chip === undefined ? undefined : { chip, channel: USUAL_CHANNEL };
}

/** Why a scenario cannot be played on a chip; undefined when it can. */
export function whyNotOnChip(scenario: Scenario): string | undefined {
  const kind = interfaceOf(scenario);
  if (kind !== "kcs") return `QEMU models no ${kind} of a BMC chip, only KCS`;
  if ((scenario.spacing ?? 1) !== 1) return "the chip's registers lie side by side";
  if (scenario.host?.interrupt === true) return "QEMU's chips have no interrupt to the host";
  return undefined;
}

/**
 * A match on QEMU's model of a BMC chip: our own driver for the chip, device, daemon and controller on
 * its registers, our own stack at the host's end. The registers have no time of their own, so it
 * is played in virtual time, as on the model.
 */
export async function runChipMatch(
  scenario: Scenario,
  { chip, channel }: ChipSeat,
  options: ChipMatchOptions = {},
): Promise<MatchResult> {
  const board = await BmcBoard.start(chip, { program: options.qemu, lifeS: LIFE_S });
  try {
    return runStackMatch(scenario, { ...options, chip: wireOf(board, { chip, channel }) });
  } finally {
    await board.stop();
  }
}

function wireOf(board: BmcBoard, { chip, channel }: ChipSeat): ChipWire {
  return {
    name: `${chip} in qemu`,
    layOut: (parts) => {
      const driver = new AspeedKcs(board.window, parts.bmcLane, { channel, address: ADDRESS });
      board.onInterrupt(() => void driver.interrupt());
      const block = { host: board.hostPort(channel), bmc: driver, onLine: () => {} };
      const wire = kcsWireOver(block, parts);
      driver.open();
      return wire;
    },
  };
}
