import { readFileSync } from "node:fs";
import { type Kernel, kernelFile } from "../../kernels/cache.ts";
import { type CpioMember, cpioArchive } from "./cpio.ts";
import { type GuestWitness, Witness, witnessMembers } from "./witness.ts";

const MODULES = "modules";

/** Where the guest finds a module of its kernel, for `insert-module`. */
export function modulePath(name: string): string {
  return `/${MODULES}/${name}.ko`;
}

/**
 * The guest's first root file system: the loader as `init`, a console for its kernel, and the
 * kernel's own IPMI drivers. It says nothing of a match, so that one serves all of a kernel.
 */
export function buildInitrd(
  kernel: Kernel,
  loader: Uint8Array,
  witness?: GuestWitness,
): Uint8Array {
  const folders = ["dev", "proc", "sys", "tmp", MODULES];
  const members: CpioMember[] = folders.map((path) => ({ path, kind: "folder" }));
  members.push({ path: "dev/console", kind: "device", major: 5, minor: 1 });
  members.push({ path: "dev/null", kind: "device", major: 1, minor: 3 });
  if (witness !== undefined) members.push(...witnessMembers(witness));
  const path = witness === undefined ? "init" : Witness.loader.slice(1);
  members.push({ path, kind: "file", data: loader });
  for (const module of kernel.manifest.modules) {
    const own = kernel.replaced?.find(({ name }) => name === module.name);
    const data = own?.bytes ?? readFileSync(kernelFile(kernel, module));
    members.push({ path: modulePath(module.name).slice(1), kind: "file", data });
  }
  return cpioArchive(members);
}
