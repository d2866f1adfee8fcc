import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SeatError } from "../programs/errors.ts";
import { decompressed } from "./decompress.ts";

/** The drivers that a guest loads, in this order, each after what it depends on. */
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog"] as const;
/** For SSIF: the driver of the bus's controller, and that of the interface. */
const SSIF_DRIVERS = ["i2c_i801", "ipmi_ssif"] as const;
/** Programs on such a bus: it is kept where a kernel has it, and no match loads it. */
export const BUS_DEVICE = "i2c_dev";
const MODULE_FILE = /^(.+)\.ko(\.xz|\.zst|\.gz)?$/;
/** A build lists there what it made part of the image, one module's path on each line. */
const BUILT_IN_FILE = "modules.builtin";
const WITH_DEPENDENCIES_MAX = 32;

/** A plain module, ready for `finit_module`. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What a folder has of a kernel's drivers. */
export interface DriverFiles {
  /** Module files, by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** The names of those that are part of the image. */
  readonly builtIn: ReadonlySet<string>;
}

/** Looks for drivers below a folder. */
export function driverFiles(root: string): DriverFiles {
  const modules = new Map<string, string>();
  const builtIn = new Set<string>();
  for (const entry of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const name = moduleOfFile(entry);
    if (name !== undefined) modules.set(name, join(root, entry));
    if (basename(entry) !== BUILT_IN_FILE) continue;
    for (const line of readFileSync(join(root, entry), "latin1").split("\n")) {
      const named = moduleOfFile(line.trim());
      if (named !== undefined) builtIn.add(named);
    }
  }
  return { modules, builtIn };
}

function moduleOfFile(path: string): string | undefined {
  const name = MODULE_FILE.exec(basename(path))?.[1];
  return name === undefined ? undefined : moduleName(name);
}

/** A kernel's drivers of IPMI, as a guest needs them. */
export interface Drivers {
  /** Those to load and what they depend on, in the order in which they load. */
  readonly modules: readonly KernelModule[];
  /** Those that the image has in it. */
  readonly builtIn: readonly string[];
}

/** Finds the IPMI drivers of an image, `elf` when it is decompressed. */
export async function loadDrivers(
  { modules, builtIn }: DriverFiles,
  { release, elf }: { readonly release: string; readonly elf: Uint8Array },
): Promise<Drivers> {
  const loaded = new Map<string, KernelModule>();
  const load = async (name: string, wantedBy: string): Promise<void> => {
    const key = moduleName(name);
    if (builtIn.has(key) || loaded.has(key) || loaded.size >= WITH_DEPENDENCIES_MAX) return;
    const path = modules.get(key);
    if (path === undefined) throw withoutDriver(key, wantedBy);
    const bytes = await decompressed(readFileSync(path), basename(path));
    checkRelease(bytes, basename(path), release);
    for (const needed of dependencies(bytes)) await load(needed, key);
    loaded.set(key, { name: key, bytes });
  };
  const ssif = SSIF_DRIVERS.every((driver) => modules.has(driver) || builtIn.has(driver));
  const wanted = ssif ? [...DRIVERS, ...SSIF_DRIVERS] : DRIVERS;
  for (const driver of wanted) await load(driver, `kernel ${release}`);
  if (modules.has(BUS_DEVICE)) await load(BUS_DEVICE, `kernel ${release}`);
  const inImage = wanted.filter((driver) => builtIn.has(driver));
  for (const driver of inImage) checkBuiltIn(driver, elf);
  return { modules: [...loaded.values()], builtIn: inImage };
}

/** The name that the kernel knows a module by: `_` and `-` are the same in it. */
export function moduleName(name: string): string {
  return name.replaceAll("-", "_");
}

/** Whether what was kept of a kernel is enough for SSIF. */
export function servesSsif(kept: {
  readonly modules: readonly { readonly name: string }[];
  readonly builtIn: readonly string[];
}): boolean {
  const names = [...kept.builtIn, ...kept.modules.map(({ name }) => name)];
  return SSIF_DRIVERS.every((driver) => names.includes(driver));
}

/** Whether all was kept of a distribution's kernel that somebody here has a use for. */
export function servesPrograms(kept: Parameters<typeof servesSsif>[0]): boolean {
  return servesSsif(kept) && kept.modules.some(({ name }) => name === BUS_DEVICE);
}

/** The modules that a module says it depends on. */
function dependencies(module: Buffer): readonly string[] {
  return (moduleInfo(module, "depends") ?? "").split(",").filter((name) => name !== "");
}

/** The release of the kernel that a module was made for. */
export function releaseOf(module: Buffer): string | undefined {
  return moduleInfo(module, "vermagic")?.split(" ")[0];
}

function checkRelease(module: Buffer, file: string, release: string): void {
  const made = releaseOf(module);
  if (made === release) return;
  const text = `${file} is for kernel ${made ?? "?"}, the image is ${release}`;
  throw new SeatError("KERNEL_UNREADABLE", text, "give the modules that belong to the image");
}

/**
 * A list of built-in modules does not say which image it belongs to. Each of the drivers has
 * parameters, whose names are in the image with the driver's before them.
 */
function checkBuiltIn(driver: string, elf: Uint8Array): void {
  if (Buffer.from(elf.buffer, elf.byteOffset, elf.length).includes(`\0${driver}.`)) return;
  throw new SeatError(
    "KERNEL_UNREADABLE",
    `${BUILT_IN_FILE} says that ${driver} is built in, but the image has no such driver`,
    "give the folder of the build that the image comes from",
  );
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
    `${wantedBy} needs ${name}, and the folder has no ${name}.ko and no ${BUILT_IN_FILE} with it`,
    "build it with CONFIG_IPMI_HANDLER, CONFIG_IPMI_DEVICE_INTERFACE, CONFIG_IPMI_SI and " +
      `CONFIG_IPMI_WATCHDOG, each =m or =y; for =y give a folder with the build's ${BUILT_IN_FILE}`,
  );
}
