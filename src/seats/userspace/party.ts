import type { HostParty } from "../../match/party.ts";
import { interfaceOf } from "../../scenario/on-interface.ts";
import type { Scenario, Step } from "../../scenario/schema.ts";
import { findKernel, type Kernel, kernelTitle, listKernels } from "../linux/index.ts";
import { GUEST_PROMISES } from "../linux/match/in-lab.ts";
import { identityOf } from "../linux/match/party.ts";
import { checkedVersion, findPrograms, remedyFor } from "./files.ts";
import { type Found, ProgramsInLab } from "./in-lab.ts";
import type { ProgramSet } from "./programs.ts";

/** What to add when no version was asked for and there is no kernel at all. */
const KERNEL_TO_START_WITH = "6.1";

/** The seat of programs with drivers of their own, on the newest kernel or the one that a user named. */
export function programSeat(set: ProgramSet) {
  return {
    seat: set.seat,
    usage: `${set.seat} or ${set.seat}:VERSION of a kernel`,
    versions: true,
    whyNot: (scenario: Scenario) => whyNot(scenario, set),
    find: (which: string | undefined): HostParty | undefined => {
      const folder = findPrograms(set);
      const kernel = kernelOf(which);
      if (folder === undefined || kernel === undefined) return undefined;
      return party({ set, folder, kernel });
    },
    missing: (which: readonly (string | undefined)[]): string => {
      const lacking = which.find((each) => kernelOf(each) === undefined);
      const absent = which.some((each) => kernelOf(each) === undefined);
      const add = `baseboard kernels add debian:${lacking ?? KERNEL_TO_START_WITH}`;
      return [
        ...(findPrograms(set) === undefined
          ? [`no ${set.title} here; get it with \`${remedyFor(set)}\``]
          : []),
        ...(absent ? [`no kernel for its guest here; get one with \`${add}\``] : []),
      ].join("; ");
    },
  } as const;
}

function kernelOf(which: string | undefined): Kernel | undefined {
  return which === undefined ? listKernels().at(-1) : findKernel(which);
}

function party(found: Found): HostParty {
  const { set, folder, kernel } = found;
  return {
    name: `${set.seat} on linux:${kernelTitle(kernel)}`,
    seat: set.seat,
    alias: `${set.seat}:${kernel.name}`,
    id: `${set.seat} ${folder} ${kernel.folder}`,
    pure: false,
    whyNot: (scenario) => whyNot(scenario, set),
    promises: () => GUEST_PROMISES,
    lab: {
      clock: ({ realTime }) => (realTime === true ? "real" : "guest"),
      enter: (entry) => new ProgramsInLab(found, entry),
    },
    kernel: identityOf(kernel, []),
    check: async () => void (await checkedVersion(set, folder)),
  };
}

/** What a program that asks and ends can do of all that users do. */
const DOES: readonly (keyof Step)[] = ["request", "raw", "sleep", "program", "events"];

function whyNot({ workload, ...scenario }: Scenario, set: ProgramSet): string | undefined {
  const kind = interfaceOf({ workload, ...scenario });
  const { host, second, spacing = 1, faults = [] } = scenario;
  if (kind === "opal" || set.drivers[kind] === undefined) {
    return `${set.title} has a driver of its own for ${Object.keys(set.drivers).join(" and ")} only`;
  }
  if (spacing !== 1) return `the firmware tells ${set.title} of registers side by side only`;
  if (host?.discover !== undefined || host?.script !== undefined) {
    return `${set.title} has a firmware of the seat's own`;
  }
  if (second !== undefined) return `${set.title} is at one interface, not at a second`;
  if (faults.some((fault) => fault.host !== undefined)) {
    return `what happens to the host itself is not for ${set.title}, which has no life of its own`;
  }
  for (const { user, steps } of workload) {
    const not = steps.find((step) => !DOES.some((word) => step[word] !== undefined));
    if (not !== undefined) {
      return `${user} wants a driver, and ${set.title} only asks: ${Object.keys(not)[0]}`;
    }
    if (steps.some(({ parallel }) => parallel === true)) {
      return `${user} asks several things at once, and a program of ${set.title} one`;
    }
    if (steps.some(({ ipmb }) => ipmb !== undefined)) {
      return `${user} asks somebody on the IPMB`;
    }
  }
  return undefined;
}
