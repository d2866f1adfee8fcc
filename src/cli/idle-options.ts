import type { Command } from "commander";
import type { HostParty } from "../lab/index.ts";
import { Exit, Failure } from "./failure.ts";

/** Who plays, as far as options go. */
export interface Playing {
  readonly hosts: readonly HostParty[];
  /** As the user named it: a BMC, or a chip. */
  readonly bmc: string;
}

interface Counts {
  /** For whom the option counts. */
  readonly who: string;
  readonly counts: (playing: Playing) => boolean;
}

const forGuests: Counts = {
  who: "a Linux host",
  counts: ({ hosts }) => hosts.some(({ kernel }) => kernel !== undefined),
};

/** Options that count for some seats only; every other option counts for all. */
const COUNTS: Readonly<Record<string, Counts>> = {
  "--real-time": forGuests,
  "--no-snapshot": {
    who: "a Linux host or BMC",
    counts: ({ hosts, bmc }) => {
      return hosts.some(({ seat }) => seat === "linux") || bmc.startsWith("linux:");
    },
  },
  "--bmc-trace": {
    who: "a Linux BMC",
    counts: ({ bmc }) => bmc.startsWith("linux:"),
  },
  "--qemu": {
    who: "a Linux host, or for a BMC or a chip of QEMU's",
    counts: (playing) => forGuests.counts(playing) || playing.bmc !== "model",
  },
  "--events": {
    who: "the host stack and the model",
    counts: ({ hosts, bmc }) => hosts.some(({ seat }) => seat === "stack") && bmc === "model",
  },
};

/** Refuses what was given and would do nothing: who gives an option believes that it counts. */
export function refuseIdle(command: Command, playing: Playing): void {
  for (const option of command.options) {
    if (command.getOptionValueSource(option.attributeName()) !== "cli") continue;
    const about = COUNTS[option.long ?? ""];
    if (about === undefined || about.counts(playing)) continue;
    const why = `that is for ${about.who}, and would do nothing here`;
    throw new Failure(Exit.WrongCommand, `${option.long}: ${why}; leave it out`);
  }
}
