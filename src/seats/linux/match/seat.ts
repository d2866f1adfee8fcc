import type { HostParty } from "../../../match/party.ts";
import { findKernel, listKernels } from "../index.ts";
import { linux, whyNoGuest } from "./party.ts";

/** What to add when no version was asked for and there is no kernel at all. */
const KERNEL_TO_START_WITH = "6.1";

/** The seat of the kernels that were added. */
export const linuxSeat = {
  seat: "linux",
  usage: "linux or linux:VERSION",
  versions: true,
  whyNot: whyNoGuest,
  /** The newest when no version is given. */
  find: (which: string | undefined): HostParty | undefined => {
    const kernel = which === undefined ? listKernels().at(-1) : findKernel(which);
    return kernel === undefined ? undefined : linux(kernel);
  },
  missing: (which: readonly (string | undefined)[]): string => {
    const versions = [...new Set(which)];
    const adding = versions.map((version = KERNEL_TO_START_WITH) => {
      return `\`baseboard kernels add debian:${version}\``;
    });
    const named = versions.filter((version) => version !== undefined).join(", ");
    const what = `kernel${versions.length === 1 ? "" : "s"} ${named}`.trim();
    const it = versions.length === 1 ? "it" : "them";
    return `no ${what} here; get ${it} with ${adding.join(", ")}`;
  },
} as const;
