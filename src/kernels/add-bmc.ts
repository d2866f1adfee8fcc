import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { runToolOk } from "../programs/tool.ts";
import { type AddKernelOptions, requireTools, UNPACKING, unpack } from "./add.ts";
import { OwnApt } from "./apt.ts";
import { type BmcKernel, type BmcKernelManifest, bmcKernels } from "./bmc-kernel.ts";
import { BUILT_MODULE, buildModule, requireCompiler } from "./build-module.ts";
import {
  BMC_KERNEL_PACKAGE,
  chooseBmcKernel,
  type DebianBmcKernel,
  debianBmcKernels,
} from "./debian-bmc.ts";
import type { DebianPackage } from "./debian-index.ts";
import { decompressed } from "./decompress.ts";
import { driverFiles, moduleInfo } from "./modules.ts";
import { parseKernelSpec } from "./spec.ts";
import { checkKernelName } from "./store.ts";

const IMAGE_FILE = "vmlinuz";
const BOARD = "aspeed-ast2600-evb.dtb";
/** In the order in which they load: the core, what programs open, what knows the chip. */
const MODULES = ["kcs_bmc", BUILT_MODULE, "kcs_bmc_aspeed"] as const;
/** Of the image's package, so much is wanted. */
const WANTED = ["*/vmlinuz-*", `*/${BOARD}`, "*/drivers/char/ipmi/kcs_bmc*.ko*"];

/** Gets a kernel of a BMC's processor, builds the module that it lacks, and puts both into the cache. */
export async function addBmcKernel(
  spec: string,
  options: AddKernelOptions = {},
): Promise<BmcKernel> {
  if (options.name !== undefined) checkKernelName(options.name);
  const parsed = parseKernelSpec(spec);
  if (parsed.kind === "path" || parsed.suite !== undefined) {
    throw new SeatError("BAD_KERNEL_SPEC", `${spec}: write debian:6.1 or debian:6.12 for armhf`);
  }
  const progress = options.progress ?? (() => {});
  const apt = new OwnApt("armhf", progress);
  progress("reading the archive's index of kernels");
  const trouble = await apt.update();
  if (trouble !== undefined) progress(trouble);
  const kernels = debianBmcKernels(await apt.kernelIndex(BMC_KERNEL_PACKAGE));
  const chosen = chooseBmcKernel(kernels, parsed.version);
  const name = options.name ?? chosen.release;
  const cached = bmcKernels.list().find((kernel) => kernel.name === name);
  if (cached?.manifest.version === chosen.version) return cached;
  await requireTools([...UNPACKING, "make"]);
  await requireCompiler(chosen);
  return bmcKernels.publish(async (work, finished) => {
    const manifest = await new Adding(chosen, apt, progress).into(work, finished);
    return { name, manifest: { ...manifest, source: spec } };
  });
}

/** One kernel on its way into the cache. */
class Adding {
  private readonly _kernel: DebianBmcKernel;
  private readonly _apt: OwnApt;
  private readonly _progress: (text: string) => void;

  constructor(kernel: DebianBmcKernel, apt: OwnApt, progress: (text: string) => void) {
    this._kernel = kernel;
    this._apt = apt;
    this._progress = progress;
  }

  async into(work: string, finished: string): Promise<Omit<BmcKernelManifest, "source">> {
    const { release, version, image, headers, source } = this._kernel;
    const tree = this.#folder(work, "image");
    await unpack(await this.#download(image, work), tree, WANTED);
    const found = driverFiles(tree);
    const place = {
      headers: this.#folder(work, "headers"),
      source: this.#folder(work, "source"),
      work,
    };
    for (const wanted of headers) {
      await runToolOk("dpkg-deb", ["-x", await this.#download(wanted, work), place.headers]);
    }
    await runToolOk("dpkg-deb", ["-x", await this.#download(source, work), place.source]);
    this._progress(`building ${BUILT_MODULE}.ko for ${release}`);
    const built = await buildModule(this._kernel, place);
    const files = new Map([...found.modules, [BUILT_MODULE, built]]);
    const packages = [image, ...headers, source];
    return {
      format: 1,
      arch: "armhf",
      version,
      release,
      packages: packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
      image: keep(join(tree, "boot", `vmlinuz-${release}`), IMAGE_FILE, finished),
      deviceTree: keep(join(tree, "usr", "lib", `linux-image-${release}`, BOARD), BOARD, finished),
      modules: await keepModules(files, release, finished),
      built: { module: BUILT_MODULE, source: source.version, compiler: this._kernel.compiler },
    };
  }

  #folder(work: string, name: string): string {
    const path = join(work, name);
    mkdirSync(path);
    return path;
  }

  #download(wanted: DebianPackage, work: string): Promise<string> {
    this._progress(`downloading ${wanted.name} (${Math.ceil(wanted.bytes / 1_000_000)} MB)`);
    return this._apt.download(wanted, work);
  }
}

async function keepModules(files: ReadonlyMap<string, string>, release: string, finished: string) {
  mkdirSync(join(finished, "modules"));
  const kept: BmcKernelManifest["modules"] = [];
  for (const name of MODULES) {
    const path = files.get(name);
    if (path === undefined) throw unreadable(`the packages of ${release} have no ${name}.ko`);
    const bytes = await decompressed(readFileSync(path), basename(path));
    const made = moduleInfo(bytes, "vermagic")?.split(" ")[0];
    if (made !== release) throw unreadable(`${name}.ko is for kernel ${made}, not ${release}`);
    const file = join("modules", `${name}.ko`);
    writeFileSync(join(finished, file), bytes);
    kept.push({ name, file, sha256: sha256(bytes) });
  }
  return kept;
}

function keep(from: string, file: string, finished: string) {
  if (!existsSync(from)) throw unreadable(`the kernel's package has no ${basename(from)}`);
  copyFileSync(from, join(finished, file));
  return { file, sha256: sha256(readFileSync(from)) };
}

function unreadable(text: string): SeatError {
  return new SeatError("KERNEL_UNREADABLE", text);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
