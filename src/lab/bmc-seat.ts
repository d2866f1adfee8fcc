import type { MatchResult } from "../match/match.ts";
import type { Scenario } from "../scenario/schema.ts";
import {
  type ChipSeat,
  chipNamed,
  runChipMatch,
  whyNotOnChip,
} from "../seats/qemu/match/chip-match.ts";
import type { QemuBmc } from "../seats/qemu/match/party.ts";
import { runQemuMatch, whyNotOnQemu } from "../seats/qemu/match/qemu-match.ts";
import type { HostSeat, PlayOptions } from "./host-seat.ts";
import { playOn, whyNotFor } from "./host-seat.ts";

/** Who sits at the BMC's end of the wire. */
export type BmcSeat =
  | { readonly kind: "model" }
  /** One of QEMU's IPMI devices. */
  | { readonly kind: "qemu"; readonly bmc: QemuBmc }
  /** The model's parts on QEMU's model of a BMC chip. */
  | { readonly kind: "chip"; readonly on: ChipSeat };

/** The BMC seats by the names that users give them. */
const SEATS: Readonly<Record<string, BmcSeat>> = {
  model: { kind: "model" },
  qemu: { kind: "qemu", bmc: { bus: "isa", behind: "qemu" } },
  "qemu-pci": { kind: "qemu", bmc: { bus: "pci", behind: "qemu" } },
  "qemu-extern": { kind: "qemu", bmc: { bus: "isa", behind: "controller" } },
  "qemu-extern-pci": { kind: "qemu", bmc: { bus: "pci", behind: "controller" } },
};
/** The names of all BMCs that can play. */
export const BMC_SEATS: readonly string[] = Object.keys(SEATS);

/** Undefined when there is none of that name. */
export function bmcSeat(name: string): BmcSeat | undefined {
  return SEATS[name];
}

/** The model on a BMC chip; undefined when there is no chip of that name. */
export function chipSeat(name: string): BmcSeat | undefined {
  const on = chipNamed(name);
  return on === undefined ? undefined : { kind: "chip", on };
}

/** Why these two cannot play a scenario; undefined when they can. */
export function whyNotBetween(
  scenario: Scenario,
  host: HostSeat,
  bmc: BmcSeat,
): string | undefined {
  const whyNot = whyNotFor(scenario, host);
  if (whyNot !== undefined || bmc.kind === "model") return whyNot;
  if (host.kind !== "stack") return `QEMU's devices are for the host stack, not ${host.kind}`;
  return bmc.kind === "qemu" ? whyNotOnQemu(scenario, bmc.bmc) : whyNotOnChip(scenario);
}

/** Plays a match between two seats. */
export function playBetween(
  host: HostSeat,
  bmc: BmcSeat,
  scenario: Scenario,
  options: PlayOptions,
): Promise<MatchResult> {
  switch (bmc.kind) {
    case "model":
      return playOn(host, scenario, options);
    case "qemu":
      return runQemuMatch(scenario, bmc.bmc, options);
    case "chip":
      return runChipMatch(scenario, bmc.on, options);
  }
}
