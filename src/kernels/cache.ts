import { join } from "node:path";
import { z } from "zod";
import { fileEntry, KernelStore, storedSchema, storedTitle } from "./store.ts";

const manifestSchema = storedSchema.extend({
  /** The decompressed kernel; it can be started without firmware when it has a PVH entry. */
  elf: fileEntry.extend({ pvh: z.boolean() }),
  /** The drivers of IPMI that are part of the image. */
  builtIn: z.array(z.string()).default([]),
});

/** What the small JSON file beside a cached kernel says. */
export type KernelManifest = z.infer<typeof manifestSchema>;

/** A kernel that is ready to be started. */
export interface Kernel {
  readonly name: string;
  readonly folder: string;
  readonly manifest: KernelManifest;
  /** Modules that are taken in place of its own. */
  readonly replaced?: readonly ReplacedModule[];
}

/** A module that was given by hand, ready for `finit_module`. */
export interface ReplacedModule {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const store = new KernelStore("kernels", manifestSchema);

/** What a kernel is called: see `storedTitle`. */
export function kernelTitle(kernel: Kernel): string {
  return storedTitle(kernel);
}

export function kernelsFolder(): string {
  return store.folder;
}

/** All cached kernels, oldest first. A folder without a readable manifest is not one. */
export function listKernels(): readonly Kernel[] {
  return store.list();
}

/**
 * The newest cached kernel by that name or version; `6.1` takes 6.1.x, but not 6.12. Refused when
 * several have the newest version: which one is meant, only the name says.
 */
export function findKernel(wanted: string): Kernel | undefined {
  return store.find(wanted);
}

/** Takes a kernel out of the cache, by the same rule as `findKernel`. */
export function removeKernel(wanted: string): Kernel {
  return store.remove(wanted);
}

/** Path of one of the kernel's files. */
export function kernelFile(kernel: Kernel, entry: { readonly file: string }): string {
  return join(kernel.folder, entry.file);
}

/** Has a kernel's files made and puts them into the cache in one step: see `KernelStore`. */
export function publishKernel(
  fill: (work: string, finished: string) => Promise<{ name: string; manifest: KernelManifest }>,
): Promise<Kernel> {
  return store.publish(fill);
}
