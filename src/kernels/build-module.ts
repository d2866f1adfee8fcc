import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { hasTool, runTool, runToolOk } from "../programs/tool.ts";
import type { DebianBmcKernel } from "./debian-bmc.ts";

/** The driver's module that hands requests to programs; Debian's kernels leave it out. */
export const BUILT_MODULE = "kcs_bmc_cdev_ipmi";
const DRIVERS = "drivers/char/ipmi";
/** Of the source, so much is wanted: the module, and what it includes of its neighbours. */
const SOURCES = [`${BUILT_MODULE}.c`, "kcs_bmc.h", "kcs_bmc_client.h", "kcs_bmc_device.h"];
const CROSS = "arm-linux-gnueabihf-";
const COMPLAINT = /(error|Error):? .*/;

/** Unpacked packages, and where to build. */
export interface BuildPlace {
  /** The headers' packages, side by side. */
  readonly headers: string;
  /** The source's package. */
  readonly source: string;
  readonly work: string;
}

/** Refuses a machine without the compiler, before anything long is begun. */
export async function requireCompiler({ compiler }: DebianBmcKernel): Promise<void> {
  if (!(await hasTool(compiler))) {
    const text = `there is no ${compiler} here, which builds the module that Debian's kernel lacks`;
    throw new SeatError("TOOL_MISSING", text, "on Debian: apt-get install gcc-arm-linux-gnueabihf");
  }
}

/**
 * Builds the module from the distribution's own source, without a change, against its own headers.
 * Gives the path of the module.
 */
export async function buildModule(kernel: DebianBmcKernel, place: BuildPlace): Promise<string> {
  const folder = join(place.work, "module");
  mkdirSync(folder);
  await takeSources(kernel, place.source, folder);
  writeFileSync(join(folder, "Makefile"), `obj-m := ${BUILT_MODULE}.o\n`);
  const headers = join(place.headers, "usr", "src", `linux-headers-${kernel.release}`);
  atHome(join(headers, "Makefile"), place.headers);
  const { code, stdout, stderr } = await runTool(
    "make",
    ["-C", headers, `M=${folder}`, "ARCH=arm", `CROSS_COMPILE=${CROSS}`, "modules"],
    { remedy: "on Debian: apt-get install make" },
  );
  if (code === 0) return join(folder, `${BUILT_MODULE}.ko`);
  const said = `${stderr}\n${stdout}`.split("\n");
  const why = said.find((line) => COMPLAINT.test(line)) ?? `make ended with status ${code}`;
  throw new SeatError("TOOL_FAILED", `${BUILT_MODULE}.ko could not be built: ${why.trim()}`);
}

/** Ends when all of them are found, which is far from the end of the archive. */
async function takeSources(kernel: DebianBmcKernel, source: string, to: string): Promise<void> {
  const folder = join(source, "usr", "src");
  const archive = readdirSync(folder).find((name) => /^linux-source-[\d.]+\.tar\.xz$/.test(name));
  if (archive === undefined) {
    throw new SeatError("KERNEL_UNREADABLE", `${kernel.source.name} holds no source archive`);
  }
  const members = SOURCES.map((name) => `${archive.replace(/\.tar\.xz$/, "")}/${DRIVERS}/${name}`);
  const options = ["--occurrence=1", "--strip-components=4", "--no-same-owner"];
  await runToolOk("tar", ["-xf", join(folder, archive), "-C", to, ...options, ...members]);
}

/** The headers' makefile names its other half by where the package would be installed. */
function atHome(makefile: string, headers: string): void {
  const text = readFileSync(makefile, "utf8");
  writeFileSync(makefile, text.replaceAll(" /usr/src/", ` ${headers}/usr/src/`));
}
