import { type BmcKernel, bmcKernels } from "../../kernels/bmc-kernel.ts";
import type { RealBmc } from "../../match/party.ts";
import { SeatError } from "../../programs/errors.ts";
import { linuxBmc } from "./party.ts";

/** What users write for it. */
export const LINUX_BMC_USAGE = "linux:VERSION";
const PREFIX = "linux:";

/**
 * The kernel that a user named as the BMC; undefined when he named something else. Throws
 * `NO_SUCH_KERNEL` when it is not here.
 */
export function linuxBmcSeat(written: string): RealBmc | undefined {
  const kernel = bmcKernel(written);
  return kernel === undefined ? undefined : linuxBmc(kernel);
}

/** The kernel itself, in the same way. */
export function bmcKernel(written: string): BmcKernel | undefined {
  const version = written.startsWith(PREFIX) ? written.slice(PREFIX.length) : "";
  if (version === "") return undefined;
  const kernel = bmcKernels.find(version);
  if (kernel !== undefined) return kernel;
  throw new SeatError(
    "NO_SUCH_KERNEL",
    `no armhf kernel ${version} here`,
    `get it with \`baseboard kernels add debian:${version} --arch armhf\``,
  );
}
