import type { BmcParty, HostParty } from "../match/party.ts";
import type { HostWord, Scenario } from "../scenario/schema.ts";
import { linuxSeat } from "../seats/linux/match/seat.ts";
import { LINUX_BMC_USAGE, linuxBmcSeat } from "../seats/linux-bmc/seat.ts";
import { model } from "../seats/model/party.ts";
import { PROGRAM_USAGE, program } from "../seats/program/party.ts";
import { BMC_CHIPS } from "../seats/qemu/index.ts";
import { chip } from "../seats/qemu/match/chip-party.ts";
import { qemu } from "../seats/qemu/match/device-party.ts";
import { script } from "../seats/script/party.ts";
import { stack } from "../seats/stack/party.ts";
import { programSeat } from "../seats/userspace/party.ts";
import { PROGRAM_SETS } from "../seats/userspace/programs.ts";

/** A seat at the host's end of the wire, and who may sit there. */
interface HostSeat {
  readonly seat: HostWord;
  /** What a user writes. */
  readonly usage: string;
  /** Why none of them can show a scenario; undefined when they can. */
  whyNot(scenario: Scenario): string | undefined;
  /** A version may be written behind its name. */
  readonly versions: boolean;
  /** Who sits there, by what a user wrote behind the seat's name; undefined when it is not here. */
  find(which: string | undefined): HostParty | undefined;
  /** Says that those are not here, and how to get them. */
  missing(which: readonly (string | undefined)[]): string;
}

/** Who can play at the host's end. */
export const HOSTS: Readonly<Record<HostWord, HostSeat>> = {
  stack: {
    seat: "stack",
    usage: "stack",
    whyNot: (scenario) => stack.whyNot(scenario),
    versions: false,
    find: () => stack,
    missing: () => "our own stack is always here",
  },
  linux: linuxSeat,
  script: {
    seat: "script",
    usage: "script",
    whyNot: (scenario) => script.whyNot(scenario),
    versions: false,
    find: () => script,
    missing: () => "a script is in its scenario",
  },
  freeipmi: programSeat(PROGRAM_SETS.freeipmi),
  ipmiutil: programSeat(PROGRAM_SETS.ipmiutil),
};

/** Who can play at the BMC's end, by the names that users give them. */
const BMCS: Readonly<Record<string, BmcParty>> = {
  model,
  qemu: qemu({ bus: "isa", behind: "qemu" }),
  "qemu-pci": qemu({ bus: "pci", behind: "qemu" }),
  "qemu-extern": qemu({ bus: "isa", behind: "controller" }),
  "qemu-extern-pci": qemu({ bus: "pci", behind: "controller" }),
};

export { bmcKernel } from "../seats/linux-bmc/seat.ts";

/** What users write for the BMCs that can play. */
export const BMC_SEATS: readonly string[] = [
  ...Object.keys(BMCS),
  LINUX_BMC_USAGE,
  ...PROGRAM_USAGE,
];

/** What the model can sit on. */
const CHIPS: ReadonlyMap<string, BmcParty> = new Map(BMC_CHIPS.map((name) => [name, chip(name)]));
/** The names of all chips that the model can sit on. */
export const CHIP_NAMES: readonly string[] = [...CHIPS.keys()];

/** Undefined when there is no BMC of that name; throws `NO_SUCH_KERNEL` when its kernel is not here. */
export function bmcSeat(name: string): BmcParty | undefined {
  return Object.hasOwn(BMCS, name) ? BMCS[name] : (linuxBmcSeat(name) ?? program(name));
}

/** The model on a BMC chip; undefined when there is no chip of that name. */
export function chipSeat(name: string): BmcParty | undefined {
  return CHIPS.get(name);
}

/** The seat that a user's word for a host begins with, and what follows; undefined when none does. */
export function hostSeat(
  name: string,
): { readonly at: HostSeat; readonly which: string | undefined } | undefined {
  const [word = "", ...rest] = name.split(":");
  const at = Object.values(HOSTS).find(({ seat }) => seat === word);
  const which = rest.length === 0 ? undefined : rest.join(":");
  if (at === undefined || which === "") return undefined;
  return which === undefined || at.versions ? { at, which } : undefined;
}
