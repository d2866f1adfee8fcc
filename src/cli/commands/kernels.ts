import { Command } from "commander";
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
    .description("List, add and remove the kernels that `--host linux:VERSION` can play.")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard kernels
  baseboard kernels add debian:6.1
  baseboard kernels add debian:6.18.5
  baseboard kernels add path:/boot/vmlinuz-6.9,/lib/modules/6.9 --name mine
  baseboard kernels remove 6.1`,
    )
    .hook("preSubcommand", (parent) => {
      if (parent.getOptionValue("json") === undefined) return;
      throw new Failure(Exit.WrongCommand, "--json: only the list has a document; leave it out");
    })
    .action((options: { json?: string }) => list(options.json));
  kernels
    .command("add <spec>")
    .description("debian:VERSION from the distribution's packages, or path:IMAGE,MODULES")
    .option("--name <name>", "how to call it; its release when left out")
    .action(add);
  kernels.command("remove <version>").description("take a kernel out of the cache").action(remove);
  return kernels;
}

async function list(given: string | undefined): Promise<void> {
  await withJson(given, (json) => {
    const kernels = listKernels();
    json.put(
      () => kernels.map(row),
      () => textOf(kernels),
    );
  });
}

function textOf(kernels: readonly Kernel[]): string {
  if (kernels.length === 0) return "no kernels here; `baseboard kernels add debian:6.1` gets one";
  const lines = kernels.map((kernel) => {
    return `linux:${kernelTitle(kernel).padEnd(12)} ${about(kernel)}  (${kernel.manifest.source})`;
  });
  return [...lines, `kept in ${kernelsFolder()}`].join("\n");
}

/** What its title does not say. */
function about({ name, manifest }: Kernel): string {
  const image = manifest.image.sha256.slice(0, 12);
  return name === manifest.release ? name : `${manifest.release}, image ${image}`;
}

function row({ name, folder, manifest }: Kernel): object {
  const { version, source, image } = manifest;
  return { name, version, source, sha256: image.sha256, folder };
}

async function add(spec: string, options: { name?: string }): Promise<void> {
  const progress = (text: string) => sayError(text);
  const named = options.name === undefined ? {} : { name: options.name };
  let status: number | undefined;
  const heard = (by: number) => {
    status = by;
    void stopAll();
  };
  await hearing(heard, async () => {
    try {
      const kernel = await addKernel(spec, { progress, ...named });
      say(`linux:${kernelTitle(kernel)} is ready (${about(kernel)})`);
    } catch (error) {
      if (status === undefined) throw error;
      throw new Failure(status, "interrupted; nothing was added");
    }
  });
}

function remove(version: string): void {
  say(`removed ${removeKernel(version).name}`);
  process.exitCode = Exit.AsExpected;
}
