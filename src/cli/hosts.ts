import { type HostSeat, hostName } from "../lab/index.ts";
import { findKernel, listKernels, probeQemu, transportOf } from "../seats/linux/index.ts";
import { Exit, Failure } from "./failure.ts";

/** What to add when no version was asked for and there is no kernel at all. */
const KERNEL_TO_START_WITH = "6.1";

/** The host that a user named. */
export function hostOf(name: string): HostSeat {
  const host = find(name);
  if (host === undefined) throw missing([name]);
  return host;
}

/** The hosts that a user named, in that order. All that are missing are named at once. */
export function hostsOf(names: readonly string[]): readonly HostSeat[] {
  const found = names.map((name) => ({ name, host: find(name) }));
  const absent = found.filter(({ host }) => host === undefined);
  if (absent.length > 0) throw missing(absent.map(({ name }) => name));
  const hosts = new Map<string, HostSeat>();
  for (const { name, host } of found) {
    if (host === undefined) continue;
    const key = host.kind === "stack" ? "stack" : host.kernel.folder;
    if (hosts.has(key)) {
      throw new Failure(Exit.WrongCommand, `--host ${name}: ${hostName(host)} is named twice`);
    }
    hosts.set(key, host);
  }
  return [...hosts.values()];
}

/** Refuses a QEMU that cannot play guests, before anything is run. */
export async function checkGuests(hosts: readonly HostSeat[], qemu?: string): Promise<void> {
  if (hosts.some(({ kind }) => kind === "linux")) transportOf(await probeQemu(qemu));
}

/** Undefined when its kernel is not here. */
function find(name: string): HostSeat | undefined {
  if (name === "stack") return { kind: "stack" };
  const match = /^linux(?::(.+))?$/.exec(name);
  if (match === null) {
    const right = "only stack, linux or linux:VERSION can be played today";
    throw new Failure(Exit.WrongCommand, `--host ${name}: ${right}`);
  }
  const wanted = match[1];
  const kernel = wanted === undefined ? listKernels().at(-1) : findKernel(wanted);
  return kernel === undefined ? undefined : { kind: "linux", kernel };
}

function missing(names: readonly string[]): Failure {
  const versions = [...new Set(names.map((name) => name.replace(/^linux:?/, "")))];
  const adding = versions.map((version) => {
    return `\`baseboard kernels add debian:${version === "" ? KERNEL_TO_START_WITH : version}\``;
  });
  const what = `kernel${versions.length === 1 ? "" : "s"} ${versions.join(", ")}`.trim();
  const it = versions.length === 1 ? "it" : "them";
  return new Failure(Exit.Missing, `no ${what} here; get ${it} with ${adding.join(", ")}`);
}
