import { addKernel, findKernel, type Kernel } from "../../src/seats/linux/index.ts";

/** The kernel of that version, which is fetched when it is not in the cache. */
export async function kernelFor(version: string): Promise<Kernel> {
  return findKernel(version) ?? addKernel(`debian:${version}`);
}
