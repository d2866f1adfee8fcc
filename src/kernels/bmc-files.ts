import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { SeatError } from "../programs/errors.ts";
import type { BmcKernelManifest } from "./bmc-kernel.ts";
import { BUILT_MODULE } from "./build-module.ts";
import { decompressed } from "./decompress.ts";
import { readDeviceTree } from "./device-tree.ts";
import { type DriverFiles, driverFiles, releaseOf } from "./modules.ts";
import type { BmcKernelFiles } from "./spec.ts";
import { sha256 } from "./store.ts";
import { releaseVersion } from "./version.ts";

export const IMAGE_FILE = "vmlinuz";
/** In the order in which they load: the core, what programs open, what knows the chip. */
const MODULES = ["kcs_bmc", BUILT_MODULE, "kcs_bmc_aspeed"] as const;
/** A compressed image for ARM has this number behind its first instructions. */
const ZIMAGE = { magicAt: 0x24, magic: 0x016f_2818 } as const;
/** A build writes there what its modules are for. */
const RELEASE_FILE = join("include", "config", "kernel.release");
const RELEASE = /^\d+\.\d+[\w.+~-]*$/;

/**
 * Takes what a user has built: an image, a board's device tree, and the folder of the modules or of the build. Throws
 * `KERNEL_UNREADABLE`, or `KERNEL_WITHOUT_IPMI`.
 */
export async function ownBmcKernel(
  spec: BmcKernelFiles,
  finished: string,
): Promise<Omit<BmcKernelManifest, "source">> {
  const image = fileOf(spec.image);
  if (image.length < ZIMAGE.magicAt + 4 || image.readUInt32LE(ZIMAGE.magicAt) !== ZIMAGE.magic) {
    throw unreadable(`${spec.image} is no zImage for ARM`, "give arch/arm/boot/zImage");
  }
  readDeviceTree(fileOf(spec.deviceTree), spec.deviceTree);
  if (!existsSync(spec.modules)) throw unreadable(`${spec.modules}: no such folder`);
  const files = driverFiles(spec.modules);
  const release = await ownRelease(files, spec.modules);
  return {
    format: 1,
    arch: "armhf",
    version: releaseVersion(release),
    release,
    packages: [],
    image: keepFile(spec.image, IMAGE_FILE, finished),
    deviceTree: keepFile(spec.deviceTree, basename(spec.deviceTree), finished),
    modules: await keepModules(files, release, finished),
  };
}

/** What the modules are for; where all is in the image, what the build or the folder's name says. */
async function ownRelease({ modules }: DriverFiles, folder: string): Promise<string> {
  const path = MODULES.map((name) => modules.get(name)).find((each) => each !== undefined);
  const made = path === undefined ? undefined : releaseOf(await moduleIn(path));
  if (made !== undefined) return made;
  const file = join(folder, RELEASE_FILE);
  const named = existsSync(file) ? readFileSync(file, "utf8").trim() : basename(resolve(folder));
  if (RELEASE.test(named)) return named;
  throw unreadable(
    `nothing in ${folder} says which kernel it is for`,
    "give the folder /lib/modules/RELEASE, or that of the build",
  );
}

function moduleIn(path: string): Promise<Buffer> {
  return decompressed(readFileSync(path), basename(path));
}

/** Keeps the modules that a BMC's driver consists of, but those that are part of the image. */
export async function keepModules(
  { modules, builtIn }: DriverFiles,
  release: string,
  finished: string,
): Promise<BmcKernelManifest["modules"]> {
  mkdirSync(join(finished, "modules"));
  const kept: BmcKernelManifest["modules"] = [];
  for (const name of MODULES) {
    const path = modules.get(name);
    if (path === undefined && builtIn.has(name)) continue;
    if (path === undefined) throw withoutDriver(name, release);
    const bytes = await moduleIn(path);
    const made = releaseOf(bytes);
    if (made !== release) throw unreadable(`${name}.ko is for kernel ${made}, not ${release}`);
    const file = join("modules", `${name}.ko`);
    writeFileSync(join(finished, file), bytes);
    kept.push({ name, file, sha256: sha256(bytes) });
  }
  return kept;
}

/** Copies a file into the cache, and says what it is. */
export function keepFile(from: string, file: string, finished: string) {
  const bytes = fileOf(from);
  copyFileSync(from, join(finished, file));
  return { file, sha256: sha256(bytes) };
}

function fileOf(path: string): Buffer {
  if (!existsSync(path)) throw unreadable(`${path}: no such file`);
  return readFileSync(path);
}

function withoutDriver(name: string, release: string): SeatError {
  return new SeatError(
    "KERNEL_WITHOUT_IPMI",
    `kernel ${release} has no ${name}.ko, and no modules.builtin says that it is part of the image`,
    "build it with CONFIG_ASPEED_KCS_IPMI_BMC and CONFIG_IPMI_KCS_BMC_CDEV_IPMI, each =m or =y",
  );
}

function unreadable(text: string, remedy?: string): SeatError {
  return new SeatError("KERNEL_UNREADABLE", text, remedy);
}
