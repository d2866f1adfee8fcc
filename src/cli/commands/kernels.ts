import { Command, Option } from "commander";
import type { AddKernelOptions } from "../../kernels/add.ts";
import { addBmcKernel } from "../../kernels/add-bmc.ts";
import { type BmcKernel, bmcKernels, bmcKernelTitle } from "../../kernels/bmc-kernel.ts";
import {
  addKernel,
  type Kernel,
  kernelsFolder,
  kernelTitle,
  listKernels,
  removeKernel,
  stopAll,
} from "../../seats/linux/index.ts";
import { Exit, Failure } from "../failure.ts";
import { hearing } from "../interruptible.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { say, sayError } from "../say.ts";

export function kernelsCommand(): Command {
  const kernels = new Command("kernels")
    .description(
      "List, add and remove the kernels that `--host` and `--bmc linux:VERSION` can play.",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard kernels
  baseboard kernels add debian:6.1
  baseboard kernels add debian:6.18.5
  baseboard kernels add path:/boot/vmlinuz-6.9,/lib/modules/6.9 --name mine
  baseboard kernels add debian:6.12 --arch armhf
  baseboard kernels add path:zImage,aspeed-ast2600-evb.dtb,/lib/modules/6.15 --arch armhf --name mine
  baseboard kernels remove 6.1`,
    )
    .hook("preSubcommand", (parent) => {
      if (parent.getOptionValue("json") === undefined) return;
      throw new Failure(Exit.WrongCommand, "--json: only the list has a document; leave it out");
    })
    .action((options: { json?: string }) => list(options.json));
  kernels
    .command("add <spec>")
    .description(
      "debian:VERSION from the distribution's packages, or path:IMAGE,MODULES; for armhf path:ZIMAGE,DTB,MODULES",
    )
    .option("--name <name>", "how to call it; its release when left out")
    .addOption(arch())
    .action(add);
  kernels
    .command("remove <version>")
    .description("take a kernel out of the cache")
    .addOption(arch())
    .action(remove);
  return kernels;
}

/** amd64 plays the host, armhf the BMC. */
function arch(): Option {
  const about = "the processor: amd64 for --host, armhf for --bmc";
  return new Option("--arch <arch>", about).choices(ARCHITECTURES).default("amd64");
}

const ARCHITECTURES = ["amd64", "armhf"] as const;

interface ArchOption {
  readonly arch: (typeof ARCHITECTURES)[number];
}

async function list(given: string | undefined): Promise<void> {
  await withJson(given, (json) => {
    const kernels = listKernels();
    const forBmcs = bmcKernels.list();
    json.put(
      () => [...kernels.map((each) => row(each)), ...forBmcs.map((each) => row(each, "armhf"))],
      () => textOf(kernels, forBmcs),
    );
  });
}

function textOf(kernels: readonly Kernel[], forBmcs: readonly BmcKernel[]): string {
  if (kernels.length + forBmcs.length === 0) {
    return "no kernels here; `baseboard kernels add debian:6.1` gets one";
  }
  const line = (title: string, kernel: Kernel | BmcKernel) => {
    return `linux:${title.padEnd(12)} ${about(kernel)}  (${kernel.manifest.source})`;
  };
  const hosts = kernels.map((kernel) => line(kernelTitle(kernel), kernel));
  const bmcs = forBmcs.map((kernel) => line(bmcKernelTitle(kernel), kernel));
  return [
    ...hosts,
    ...(hosts.length === 0 ? [] : [`kept in ${kernelsFolder()}`]),
    ...(bmcs.length === 0 ? [] : ["for a BMC's processor:", ...bmcs]),
    ...(bmcs.length === 0 ? [] : [`kept in ${bmcKernels.folder}`]),
  ].join("\n");
}

/** What its title does not say. */
function about({ name, manifest }: Kernel | BmcKernel): string {
  const image = manifest.image.sha256.slice(0, 12);
  return name === manifest.release ? name : `${manifest.release}, image ${image}`;
}

function row({ name, folder, manifest }: Kernel | BmcKernel, arch: string = "amd64"): object {
  const { version, source, image } = manifest;
  return { name, version, arch, source, sha256: image.sha256, folder };
}

async function add(spec: string, options: ArchOption & { name?: string }): Promise<void> {
  const progress = (text: string) => sayError(text);
  const named = options.name === undefined ? {} : { name: options.name };
  let status: number | undefined;
  const heard = (by: number) => {
    status = by;
    void stopAll();
  };
  await hearing(heard, async () => {
    try {
      say(await added(spec, options.arch, { progress, ...named }));
    } catch (error) {
      if (status === undefined) throw error;
      throw new Failure(status, "interrupted; nothing was added");
    }
  });
}

async function added(
  spec: string,
  arch: ArchOption["arch"],
  options: AddKernelOptions,
): Promise<string> {
  if (arch === "armhf") {
    const kernel = await addBmcKernel(spec, options);
    return `linux:${bmcKernelTitle(kernel)} is ready for --bmc (${about(kernel)})`;
  }
  const kernel = await addKernel(spec, options);
  return `linux:${kernelTitle(kernel)} is ready (${about(kernel)})`;
}

function remove(version: string, { arch }: ArchOption): void {
  const removed = arch === "armhf" ? bmcKernels.remove(version) : removeKernel(version);
  say(`removed ${removed.name}`);
  process.exitCode = Exit.AsExpected;
}
