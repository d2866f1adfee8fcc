import { existsSync } from "node:fs";
import { join } from "node:path";
import { SeatError } from "./errors.ts";
import { hasTool, runTool } from "./tool.ts";

const DEFAULT_QEMU = "qemu-system-x86_64";
export const REMEDY_QEMU =
  "take QEMU 7.2 to 9.2, or 10.1 and later; on Debian: apt-get install qemu-system-x86";
/** `x-pci-proxy-dev` is still listed from here on, but crashes without KVM. */
const PROXY_BROKEN_FROM_MAJOR = 10;
/** Of what a program says for itself, so much is repeated. */
const SAID_MAX = 60;
const QBOOT = "qboot.rom";
/** From util-linux. Without it a guest outlives a parent that was killed with SIGKILL. */
const DIES_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"];

/** The QEMU devices that we can serve: the elder one up to QEMU 9, the younger one from 10.1 on. */
export type TransportKind = "x-pci-proxy-dev" | "vfio-user-pci";

/** What a QEMU can do for us. */
export interface Qemu {
  readonly program: string;
  readonly version: string;
  /** How it can hand us a PCI function's accesses, the better one first. */
  readonly transports: readonly TransportKind[];
  /** The firmware that starts a PVH kernel soonest; without it QEMU's own does it, later. */
  readonly qboot: boolean;
  /** What to start it through, so that it dies with this process however that ends. */
  readonly guard: readonly string[];
}

const probed = new Map<string, Promise<Qemu>>();

/** Asks a QEMU what it is. Once for each program: the answer stays the same. */
export function probeQemu(program = DEFAULT_QEMU): Promise<Qemu> {
  const known = probed.get(program) ?? probe(program);
  probed.set(program, known);
  known.catch(() => probed.delete(program));
  return known;
}

/** The transport to use; refuses a QEMU that has none. */
export function transportOf(qemu: Qemu): TransportKind {
  const kind = qemu.transports[0];
  if (kind !== undefined) return kind;
  throw new SeatError(
    "QEMU_UNSUITABLE",
    `QEMU ${qemu.version} has no device that this seat can serve`,
    REMEDY_QEMU,
  );
}

async function probe(program: string): Promise<Qemu> {
  const version = await ask(program, "--version");
  const text = /^QEMU emulator (version (\d+)(\.[\d.]+)?)/.exec(version);
  if (text === null) {
    const said = version.split("\n")[0]?.trim().slice(0, SAID_MAX) || "nothing";
    const why = `${program} is not a QEMU: asked for its version it says ${JSON.stringify(said)}`;
    throw new SeatError("QEMU_UNSUITABLE", why, REMEDY_QEMU);
  }
  const [, full = "", major] = text;
  const [vfioUser, proxy, folders] = await Promise.all([
    hasDevice(program, "vfio-user-pci"),
    hasDevice(program, "x-pci-proxy-dev"),
    ask(program, "-L", "help"),
  ]);
  const transports: TransportKind[] = vfioUser ? ["vfio-user-pci"] : [];
  if (proxy && Number(major) < PROXY_BROKEN_FROM_MAJOR) transports.push("x-pci-proxy-dev");
  return {
    program,
    version: full.slice("version ".length),
    transports,
    guard: (await hasTool("setpriv")) ? DIES_WITH_PARENT : [],
    qboot: folders.split("\n").some((folder) => existsSync(join(folder.trim(), QBOOT))),
  };
}

/** Asked one by one: a list of all devices would load all of QEMU's modules. */
async function hasDevice(program: string, device: TransportKind): Promise<boolean> {
  return (await ask(program, "-device", `${device},help`)).includes(`${device} options`);
}

async function ask(program: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await runTool(program, args)).stdout.toString();
  } catch (error) {
    if (!(error instanceof SeatError) || error.code !== "TOOL_MISSING") throw error;
    throw new SeatError("QEMU_MISSING", `there is no ${program} here`, REMEDY_QEMU);
  }
}
