import { bmcKernelFor, kernelFor } from "./kernel.ts";

/** Has all kernels in the cache before the first test, since files that run side by side share it. */
export default async function fetchKernels(): Promise<void> {
  for (const version of ["6.17", "6.18.5"]) await kernelFor(version);
  for (const version of ["6.1", "7.2"]) await kernelFor(version, "ssif");
  for (const version of ["6.1", "6.12"]) await bmcKernelFor(version);
}
