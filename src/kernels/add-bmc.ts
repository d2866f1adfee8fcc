import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runToolOk } from "../programs/tool.ts";
import { type AddKernelOptions, requireTools, UNPACKING, unpack } from "./add.ts";
import { OwnApt } from "./apt.ts";
import { IMAGE_FILE, keepFile, keepModules, ownBmcKernel } from "./bmc-files.ts";
import { type BmcKernel, type BmcKernelManifest, bmcKernels } from "./bmc-kernel.ts";
import { BUILT_MODULE, buildModule, requireCompiler } from "./build-module.ts";
import {
  BMC_KERNEL_PACKAGE,
  chooseBmcKernel,
  type DebianBmcKernel,
  debianBmcKernels,
} from "./debian-bmc.ts";
import type { DebianPackage } from "./debian-index.ts";
import { driverFiles } from "./modules.ts";
import { parseBmcKernelSpec } from "./spec.ts";
import { checkKernelName } from "./store.ts";

const BOARD = "aspeed-ast2600-evb.dtb";
/** Of the image's package, so much is wanted. */
const WANTED = ["*/vmlinuz-*", `*/${BOARD}`, "*/drivers/char/ipmi/kcs_bmc*.ko*"];

/**
 * Puts a kernel of a BMC's processor into the cache: the distribution's, with the module built that it lacks, or the
 * user's own.
 */
export async function addBmcKernel(
  spec: string,
  options: AddKernelOptions = {},
): Promise<BmcKernel> {
  if (options.name !== undefined) checkKernelName(options.name);
  const parsed = parseBmcKernelSpec(spec);
  if (parsed.kind === "path") {
    return bmcKernels.publish(async (_work, finished) => {
      const manifest = await ownBmcKernel(parsed, finished);
      return { name: options.name ?? manifest.release, manifest: { ...manifest, source: spec } };
    });
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
    const modules = new Map([...found.modules, [BUILT_MODULE, built]]);
    const packages = [image, ...headers, source];
    return {
      format: 1,
      arch: "armhf",
      version,
      release,
      packages: packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
      image: keepFile(join(tree, "boot", `vmlinuz-${release}`), IMAGE_FILE, finished),
      deviceTree: keepFile(
        join(tree, "usr", "lib", `linux-image-${release}`, BOARD),
        BOARD,
        finished,
      ),
      modules: await keepModules({ ...found, modules }, release, finished),
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
