import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { kernelInterfaces } from "../host/discovery/kernel.ts";
import { holdersOf, readRegions } from "../host/discovery/regions.ts";
import { registerPlace } from "../host/discovery/weigh.ts";
import { DeviceError } from "./errors.ts";

/** Registers as the kernel counts them: where they begin, and how many bytes they take. */
export interface Claimed {
  readonly at: "io" | "mem";
  readonly base: number;
  readonly length: number;
}

/** Who may have registers, and what of it counts. */
export interface OwnershipOptions {
  /** Another driver's claim does not count, as long as it is not the live driver of IPMI. */
  readonly force?: boolean;
  /** Where `/proc` and `/sys` are. */
  readonly root?: string;
}

const DRIVER = "ipmi_si";
/** What firmware said is there, or a device without its driver: a place, and nobody who uses it. */
const PLACES: readonly RegExp[] = [
  ...[/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, /^[A-Z]{3}[0-9A-F]{4}:[0-9a-f]{2}$/],
  ...[/^[A-Z]{4}[0-9A-F]{4}:[0-9a-f]{2}$/, /^pnp [0-9a-f:]+$/, /-ipmi-si(\.\d+)?$/],
  ...[/^reserved$/i, /^IPMI Address \d+$/],
];
const MEMORY = "System RAM";

/**
 * Refuses registers that somebody uses. `force` puts another driver's claim aside; that of a live
 * `ipmi_si` it does not, since two drivers at one BMC break each other's transfers. Throws
 * `DeviceError`.
 */
export function checkFree(name: string, claimed: Claimed, options: OwnershipOptions = {}): void {
  const { root = "/", force = false } = options;
  const file = claimed.at === "io" ? "/proc/ioports" : "/proc/iomem";
  const holders = holdersOf(claimed, {
    io: readRegions(textOf(join(root, "/proc/ioports")), "io"),
    mem: readRegions(textOf(join(root, "/proc/iomem")), "mem"),
  });
  if (holders === undefined) {
    const text = `${name}: ${file} does not show who has the registers`;
    throw new DeviceError("NOT_PERMITTED", text, "run it as root");
  }
  const owners = holders.filter((each) => !PLACES.some((place) => place.test(each)));
  const live = owners.includes(DRIVER) ? DRIVER : liveInterface(root, claimed);
  if (live !== undefined) {
    const remedy = "ask /dev/ipmi0 and its like, or unbind the driver first; --force does not help";
    throw new DeviceError("TAKEN", `${name}: ${live} has the registers and uses them`, remedy);
  }
  if (owners.includes(MEMORY)) {
    throw new DeviceError("TAKEN", `${name}: that is the machine's memory, and no registers`);
  }
  if (owners.length === 0 || force) return;
  const text = `${name}: ${file} says that ${owners.join(", ")} has the registers`;
  throw new DeviceError("TAKEN", text, "--force uses them all the same");
}

/** An interface of the kernel's that is there, or may be there for all that it tells. */
function liveInterface(root: string, claimed: Claimed): string | undefined {
  const folder = join(root, "/sys/class/ipmi");
  for (const name of namesIn(folder).filter((each) => /^ipmi\d+$/.test(each))) {
    const device = join(folder, name, "device");
    if (linkName(join(device, "driver")) !== DRIVER) continue;
    const params = textOf(join(device, "params"));
    const [finding] = kernelInterfaces([{ name, device: linkName(device), params }]);
    const place = finding === undefined ? undefined : registerPlace(finding);
    if (place === undefined || place === `${claimed.at}:0x${claimed.base.toString(16)}`) {
      return `${DRIVER} (/dev/${name})`;
    }
  }
  return undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkName(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
