import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Kernel } from "../../../src/kernels/cache.ts";
import {
  driverMembers,
  SHELL_BEGINS,
  shellArchive,
} from "../../../src/lab/crash/guest/shell-guest.ts";
import { linkedLibraries, placeInGuest } from "../../../src/programs/linked.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";
import type { PciFunction } from "../../../src/seats/linux/transport/pci.ts";
import { type Machine, type MachineEnd, runMachine } from "./machine.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Where the package lies in a guest. */
const APP = "app";
const PACKAGES = [
  ...["commander", "fast-check", "koffi", "piscina", "pure-rand", "yaml", "zod"],
  `@koromix/koffi-linux-${process.arch}`,
];
/** What the package needs of a package is code: no sources, maps, declarations or documents. */
const CODE = /(?<!\.(d|spec|test))\.(js|cjs|mjs|json|node)$/;
/** What the programs in a guest share. */
const SHARED = ["telling", "programme"];
const MEMORY_MB = 640;
const NODE_MODULES = "node_modules";

/** A guest with Node and the package as it is built. */
export interface NodeGuest
  extends Partial<Pick<Machine, "kernelArguments" | "qemuArguments" | "realTime">> {
  readonly kernel: Kernel;
  readonly functions: readonly PciFunction[];
  /** A shell's commands; `baseboard` and `node` are there, and `insmod` takes a module's name. */
  readonly script: string;
  /** Programs of `in-guest`, by name: `node NAME.mjs`, and `./dist` is the package. */
  readonly programs?: readonly string[];
  /** Programs that need no Node, by where they lie. */
  readonly executables?: Readonly<Record<string, Uint8Array>>;
}

/** Boots the guest, has its script run, and turns it off. */
export async function runNodeGuest(guest: NodeGuest): Promise<MachineEnd> {
  const { kernel, functions, script, programs = [], executables = {} } = guest;
  const init = `${SHELL_BEGINS}
export LD_LIBRARY_PATH=/lib HOME=/tmp
insmod() { for each in "$@"; do /bin/busybox insmod /modules/$each.ko || echo "no $each"; done; }
await() { until [ -e "$1" ]; do sleep 0.05; done; }
baseboard() { node /${APP}/dist/cli/main.js "$@" 2>&1; echo "exit $?"; }
cd /${APP}
${script}
echo "GUEST ENDS"
poweroff -f
`;
  const own = [...SHARED, ...programs].map((name): CpioMember => {
    const data = readFileSync(new URL(`in-guest/${name}.mjs`, import.meta.url));
    return { path: `${APP}/${name}.mjs`, kind: "file", data };
  });
  const others = Object.entries(executables).map(([path, data]): CpioMember => {
    return { path, kind: "file", data };
  });
  const files = [...(await nodeMembers()), ...appMembers(), ...own, ...others];
  const drivers = kernel.manifest.modules.map(({ name }) => name);
  const end = await runMachine({
    ...{ kernel, functions, memoryMb: MEMORY_MB, realTime: guest.realTime ?? false },
    initrd: shellArchive(init, [...foldersOf(files), ...files, ...driverMembers(kernel, drivers)]),
    kernelArguments: guest.kernelArguments ?? [],
    qemuArguments: guest.qemuArguments ?? [],
  });
  if (end.console.includes("GUEST ENDS")) return end;
  throw new Error(`the guest did not come to its end:\n${end.console.slice(-40).join("\n")}`);
}

/** This Node itself, and the libraries that it asks for. */
async function nodeMembers(): Promise<readonly CpioMember[]> {
  const linked = await linkedLibraries(process.execPath, "/");
  const libraries = linked.map((path): CpioMember => {
    return { path: placeInGuest(path), kind: "file", data: readFileSync(path) };
  });
  return [{ path: "bin/node", kind: "file", data: readFileSync(process.execPath) }, ...libraries];
}

function appMembers(): readonly CpioMember[] {
  const packages = PACKAGES.map((name) => join(NODE_MODULES, name));
  const files = ["dist", "scenarios", ...packages].flatMap((folder) => filesUnder(folder));
  return ["package.json", ...files].map((path): CpioMember => {
    return { path: `${APP}/${path}`, kind: "file", data: readFileSync(join(ROOT, path)) };
  });
}

function filesUnder(folder: string): readonly string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const wanted = folder === "scenarios" ? /\.yaml$/ : CODE;
  return names.filter((name) => wanted.test(name)).map((name) => join(folder, name));
}

/** All folders that files lie in, each after the one that it lies in. */
function foldersOf(members: readonly CpioMember[]): readonly CpioMember[] {
  const folders = new Set(["tmp"]);
  for (const { path } of members) {
    for (let at = dirname(path); at !== "."; at = dirname(at)) folders.add(at);
  }
  return [...folders].sort().map((path): CpioMember => ({ path, kind: "folder" }));
}
