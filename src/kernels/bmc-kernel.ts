import { z } from "zod";
import { fileEntry, KernelStore, type StoredKernel, storedSchema, storedTitle } from "./store.ts";

const manifestSchema = storedSchema.extend({
  arch: z.literal("armhf"),
  /** The device tree of the board, as its makers have it. */
  deviceTree: fileEntry,
  /** The module that was made here, since the kernel's packages lack it; none for a user's own. */
  built: z.object({ module: z.string(), source: z.string(), compiler: z.string() }).optional(),
});

/** What the small JSON file beside a BMC's kernel says. */
export type BmcKernelManifest = z.infer<typeof manifestSchema>;

/** A kernel of a BMC's processor that is ready to be started. */
export type BmcKernel = StoredKernel<BmcKernelManifest>;

/** The kernels that can play a BMC. They are none that a host could start. */
export const bmcKernels = new KernelStore("kernels-armhf", manifestSchema);

/** What a BMC's kernel is called. */
export function bmcKernelTitle(kernel: BmcKernel): string {
  return storedTitle(kernel);
}
