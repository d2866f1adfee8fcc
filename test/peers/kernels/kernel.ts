import { addBmcKernel } from "../../../src/kernels/add-bmc.ts";
import { type BmcKernel, bmcKernels } from "../../../src/kernels/bmc-kernel.ts";
import { servesPrograms } from "../../../src/kernels/modules.ts";
import type { InterfaceKind } from "../../../src/lab/index.ts";
import { addKernel, findKernel, type Kernel } from "../../../src/seats/linux/index.ts";

/** The kernel of that version, which is fetched when it, or a driver of it, is not in the cache. */
export async function kernelFor(version: string, kind?: InterfaceKind): Promise<Kernel> {
  const kernel = findKernel(version);
  const serves = kind !== "ssif" || (kernel !== undefined && servesPrograms(kernel.manifest));
  return kernel !== undefined && serves ? kernel : addKernel(`debian:${version}`);
}

/** The kernel of that version for a BMC, which is fetched, and its module built, when it is not in the cache. */
export async function bmcKernelFor(version: string): Promise<BmcKernel> {
  return bmcKernels.find(version) ?? addBmcKernel(`debian:${version}`);
}
