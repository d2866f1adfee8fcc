import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { decompressed } from "./decompress.ts";

/** The drivers that a guest loads, in this order, each after what it depends on. */
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog"] as const;
/** For SSIF: the driver of the bus's controller, and that of the interface. */
const SSIF_DRIVERS = ["i2c_i801", "ipmi_ssif"] as const;
const MODULE_FILE = /^(.+)\.ko(\.xz|\.zst|\.gz)?$/;
const WITH_DEPENDENCIES_MAX = 32;

/** A plain module, ready for `finit_module`. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Module files below a folder, by name. */
export function moduleFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const name = MODULE_FILE.exec(basename(entry))?.[1];
    if (name !== undefined) files.set(moduleName(name), join(root, entry));
  }
  return files;
}

/** The IPMI drivers and what they depend on, in the order in which they load. */
export async function loadDrivers(
  files: ReadonlyMap<string, string>,
  release: string,
): Promise<readonly KernelModule[]> {
  const loaded = new Map<string, KernelModule>();
  const load = async (name: string, wantedBy: string): Promise<void> => {
    const key = moduleName(name);
    if (loaded.has(key) || loaded.size >= WITH_DEPENDENCIES_MAX) return;
    const path = files.get(key);
    if (path === undefined) throw withoutDriver(key, wantedBy);
    const bytes = await decompressed(readFileSync(path), basename(path));
    checkRelease(bytes, basename(path), release);
    for (const needed of dependencies(bytes)) await load(needed, key);
    loaded.set(key, { name: key, bytes });
  };
  for (const driver of DRIVERS) await load(driver, `kernel ${release}`);
  if (SSIF_DRIVERS.every((driver) => files.has(driver))) {
    for (const driver of SSIF_DRIVERS) await load(driver, `kernel ${release}`);
  }
  return [...loaded.values()];
}

/** The name that the kernel knows a module by: `_` and `-` are the same in it. */
export function moduleName(name: string): string {
  return name.replaceAll("-", "_");
}

/** Whether those that were kept of a kernel are enough for SSIF. */
export function servesSsif(modules: readonly { readonly name: string }[]): boolean {
  return SSIF_DRIVERS.every((driver) => modules.some(({ name }) => name === driver));
}

/** The modules that a module says it depends on. */
function dependencies(module: Buffer): readonly string[] {
  return (moduleInfo(module, "depends") ?? "").split(",").filter((name) => name !== "");
}

function checkRelease(module: Buffer, file: string, release: string): void {
  const made = moduleInfo(module, "vermagic")?.split(" ")[0];
  if (made === release) return;
  const text = `${file} is for kernel ${made ?? "?"}, the image is ${release}`;
  throw new SeatError("KERNEL_UNREADABLE", text, "give the modules that belong to the image");
}

/**
 * What a module says of itself: the texts in its section `.modinfo` are `name=value`, with a zero
 * before and after.
 */
export function moduleInfo(module: Buffer, name: string): string | undefined {
  const at = module.indexOf(`\0${name}=`);
  if (at < 0) return undefined;
  const start = at + name.length + 2;
  return module.toString("latin1", start, module.indexOf(0, start));
}

function withoutDriver(name: string, wantedBy: string): SeatError {
  return new SeatError(
    "KERNEL_WITHOUT_IPMI",
    `${wantedBy} needs the module ${name}, which is not there`,
    "take a kernel with these as modules, not built in: CONFIG_IPMI_HANDLER=m, " +
      "CONFIG_IPMI_DEVICE_INTERFACE=m, CONFIG_IPMI_SI=m and CONFIG_IPMI_WATCHDOG=m",
  );
}
