import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { SeatError } from "../programs/errors.ts";
import type { Kernel, ReplacedModule } from "./cache.ts";
import { decompressed } from "./decompress.ts";
import { moduleInfo, moduleName } from "./modules.ts";
import { sha256 } from "./store.ts";

/** A module's name, and the file to take in place of the kernel's own. */
export interface ModuleFile {
  readonly name: string;
  readonly path: string;
}

const ELF_MAGIC = 0x7f45_4c46;

/** The kernel with these modules in place of its own. What lies in the cache stays as it is. */
export async function withModules(kernel: Kernel, files: readonly ModuleFile[]): Promise<Kernel> {
  if (files.length === 0) return kernel;
  const replaced = new Map<string, ReplacedModule>();
  for (const file of files) {
    const module = await readModule(kernel, file);
    if (replaced.has(module.name)) {
      throw new SeatError("BAD_MODULE", `the module ${module.name} is given twice`);
    }
    replaced.set(module.name, module);
  }
  return { ...kernel, replaced: [...replaced.values()] };
}

async function readModule(kernel: Kernel, { name: given, path }: ModuleFile) {
  const name = moduleName(given);
  const { modules, builtIn, release } = kernel.manifest;
  if (builtIn.includes(name)) {
    throw new SeatError("BAD_MODULE", `${name} is built into ${kernel.name}: no file replaces it`);
  }
  if (!modules.some((module) => module.name === name)) {
    const have = modules.map((module) => module.name).join(", ");
    throw new SeatError("BAD_MODULE", `${kernel.name} has no module ${name}`, `it has ${have}`);
  }
  if (!existsSync(path)) throw new SeatError("BAD_MODULE", `there is no ${path}`);
  const file = basename(path);
  const bytes = await decompressed(readFileSync(path), file);
  if (bytes.length < 4 || bytes.readUInt32BE(0) !== ELF_MAGIC) {
    throw new SeatError("BAD_MODULE", `${file} is not a kernel module`);
  }
  const made = moduleInfo(bytes, "vermagic")?.split(" ")[0] ?? "no kernel that it names";
  if (made !== release) {
    const right = `build it against the headers of ${release}`;
    throw new SeatError("BAD_MODULE", `${file} is for ${made}, the kernel is ${release}`, right);
  }
  const own = moduleInfo(bytes, "name");
  if (own !== undefined && moduleName(own) !== name) {
    throw new SeatError("BAD_MODULE", `${file} is the module ${own}, not ${name}`);
  }
  return { name, bytes, sha256: sha256(bytes) };
}
