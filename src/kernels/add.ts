import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { hasTool, runTool, runToolOk } from "../programs/tool.ts";
import { OwnApt } from "./apt.ts";
import { type Kernel, type KernelManifest, listKernels, publishKernel } from "./cache.ts";
import { chooseDebianKernel, type DebianKernel, debianKernels } from "./debian-index.ts";
import { readKernelImage } from "./image.ts";
import { type DriverFiles, driverFiles, loadDrivers, servesPrograms } from "./modules.ts";
import { type KernelSpec, parseKernelSpec } from "./spec.ts";
import { checkKernelName, sha256 } from "./store.ts";
import { releaseVersion } from "./version.ts";

const IMAGE_FILE = "vmlinuz";
const ELF_FILE = "vmlinux";
const MODULES_FOLDER = "modules";
/** Every module of a driver's folder is taken out of a package; their dependencies lie there too. */
const DRIVERS_IN_PACKAGE = ["*/drivers/char/ipmi/*.ko*", "*/drivers/i2c/*.ko*"];
const IMAGES_IN_PACKAGE = ["*/vmlinuz-*", "*/vmlinuz"];

export interface AddKernelOptions {
  /** The name in the cache; the kernel's release when it is not given. */
  readonly name?: string;
  /** Told what goes on: "downloading linux-image-... (67 MB)". */
  readonly progress?: (text: string) => void;
}

/** Gets a kernel and puts it into the cache, ready to be started. */
export async function addKernel(spec: string, options: AddKernelOptions = {}): Promise<Kernel> {
  // Before the download, which is long; `publishKernel` checks whatever name it comes to.
  if (options.name !== undefined) checkKernelName(options.name);
  const parsed = parseKernelSpec(spec);
  return parsed.kind === "path"
    ? addFromFiles(parsed, spec, options)
    : addFromDebian(parsed, spec, options);
}

async function addFromFiles(
  spec: KernelSpec & { readonly kind: "path" },
  source: string,
  options: AddKernelOptions,
): Promise<Kernel> {
  for (const path of [spec.image, spec.modules]) {
    if (!existsSync(path)) throw new SeatError("KERNEL_UNREADABLE", `there is no ${path}`);
  }
  return publishKernel(async (_work, finished) => {
    const parts = { image: spec.image, files: driverFiles(spec.modules), finished };
    const kernel = await assemble(parts, { source, packages: [], version: undefined });
    return { name: options.name ?? kernel.release, manifest: kernel };
  });
}

async function addFromDebian(
  spec: KernelSpec & { readonly kind: "debian" },
  source: string,
  options: AddKernelOptions,
): Promise<Kernel> {
  const progress = options.progress ?? (() => {});
  const apt = new OwnApt(spec.suite, progress);
  progress("reading the archive's index of kernels");
  const trouble = await apt.update();
  if (trouble !== undefined) progress(trouble);
  const chosen = chooseDebianKernel(debianKernels(await apt.kernelIndex()), spec);
  const name = options.name ?? chosen.release;
  const cached = listKernels().find((kernel) => kernel.name === name);
  // One that was kept before all of its drivers had a use lacks some.
  const current = cached?.manifest.version === chosen.version;
  if (current && servesPrograms(cached.manifest)) return cached;
  await requireTools();
  return publishKernel(async (work, finished) => {
    const tree = join(work, "tree");
    mkdirSync(tree);
    for (const wanted of chosen.packages) {
      progress(`downloading ${wanted.name} (${Math.round(wanted.bytes / 1_000_000)} MB)`);
      await unpack(await apt.download(wanted, work), tree);
    }
    progress(`unpacking ${chosen.release}`);
    const files = driverFiles(tree);
    const manifest = await assemble(
      { image: imageIn(tree, chosen), files, finished },
      {
        source,
        packages: chosen.packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
        version: chosen.version,
      },
    );
    return { name, manifest };
  });
}

/** Asked before the download, which is long. */
export async function requireTools(tools: readonly string[] = UNPACKING): Promise<void> {
  for (const tool of tools) {
    if (await hasTool(tool)) continue;
    throw new SeatError(
      "TOOL_MISSING",
      `there is no ${tool} here`,
      `install ${TOOL_PACKAGE[tool] ?? tool}`,
    );
  }
}

/** What packages are unpacked with. */
export const UNPACKING: readonly string[] = ["dpkg-deb", "tar", "xz"];

const TOOL_PACKAGE: Readonly<Record<string, string>> = {
  "dpkg-deb": "dpkg",
  xz: "xz-utils",
};

/** Takes only what is kept out of a package: the rest is some 500 MB. */
export async function unpack(
  path: string,
  tree: string,
  members: readonly string[] = [...DRIVERS_IN_PACKAGE, ...IMAGES_IN_PACKAGE],
): Promise<void> {
  const tarball = `${path}.tar`;
  await runToolOk("sh", ["-c", 'exec dpkg-deb --fsys-tarfile "$1" > "$2"', "sh", path, tarball]);
  // The status is not 0 when one of the patterns is not in this package, which is as expected.
  await runTool("tar", ["-xf", tarball, "-C", tree, "--wildcards", "--no-same-owner", ...members]);
}

function imageIn(tree: string, kernel: DebianKernel): string {
  const { release } = kernel;
  const places = [`boot/vmlinuz-${release}`, `usr/lib/modules/${release}/vmlinuz`];
  const found = places.map((place) => join(tree, place)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new SeatError("KERNEL_UNREADABLE", `the packages of ${release} hold no kernel image`);
}

interface Parts {
  readonly image: string;
  readonly files: DriverFiles;
  readonly finished: string;
}

type Origin = Pick<KernelManifest, "source" | "packages"> & {
  readonly version: string | undefined;
};

/** Writes the kernel's files, as they are started, and says what they are. */
async function assemble(parts: Parts, origin: Origin): Promise<KernelManifest> {
  const { image, files, finished } = parts;
  const kernel = await readKernelImage(readFileSync(image), basename(image));
  const { release, elf, pvh } = kernel;
  const { modules, builtIn } = await loadDrivers(files, kernel);
  copyFileSync(image, join(finished, IMAGE_FILE));
  writeFileSync(join(finished, ELF_FILE), elf);
  mkdirSync(join(finished, MODULES_FOLDER));
  for (const { name, bytes } of modules) writeFileSync(join(finished, moduleFile(name)), bytes);
  return {
    format: 1,
    version: origin.version ?? releaseVersion(release),
    release,
    source: origin.source,
    packages: [...origin.packages],
    image: { file: IMAGE_FILE, sha256: sha256(readFileSync(image)) },
    elf: { file: ELF_FILE, sha256: sha256(elf), pvh },
    modules: modules.map(({ name, bytes }) => ({
      name,
      file: moduleFile(name),
      sha256: sha256(bytes),
    })),
    builtIn: [...builtIn],
  };
}

function moduleFile(name: string): string {
  return join(MODULES_FOLDER, `${name}.ko`);
}
