import type { HostParty } from "../../../match/party.ts";
import { interfaceOf } from "../../../scenario/on-interface.ts";
import type { Scenario } from "../../../scenario/schema.ts";
import type { KernelIdentity } from "../../../trace/head.ts";
import { MEDIUM } from "../../../wire/interface.ts";
import { type Kernel, kernelTitle, probeQemu, transportOf, withModules } from "../index.ts";
import { GUEST_PROMISES, LinuxInLab } from "./in-lab.ts";
import { type GuestSettings, type ModuleParameter, parameterText } from "./parameters.ts";

/** An unmodified Linux kernel, as a host. */
export function linux(kernel: Kernel, settings: GuestSettings = {}): HostParty {
  const { parameters = [] } = settings;
  return {
    name: `linux:${kernelTitle(kernel)}`,
    seat: "linux",
    alias: `linux:${kernel.name}`,
    id: kernel.folder,
    pure: false,
    whyNot: whyNoGuest,
    promises: () => GUEST_PROMISES,
    lab: {
      clock: ({ realTime }) => (realTime === true ? "real" : "guest"),
      enter: (entry) => new LinuxInLab(kernel, settings, entry),
    },
    kernel: identityOf(kernel, parameters),
    withDrivers: async (own) =>
      linux(await withModules(kernel, own.modules), { ...settings, parameters: own.parameters }),
    check: async ({ qemu }) => void transportOf(await probeQemu(qemu)),
  };
}

/** The kernel's PCI driver tries other spacings than 1 on KCS only. */
export function whyNoGuest(scenario: Scenario): string | undefined {
  const { spacing = 1, second, host } = scenario;
  const kind = interfaceOf(scenario);
  if (host?.discover !== undefined) return whyNotDescribed(scenario);
  if (second !== undefined && MEDIUM[kind] === "bus") {
    return `a guest has a second interface beside registers only, not beside ${kind}`;
  }
  if (spacing === 1 || kind === "kcs") return undefined;
  return `a kernel looks for registers ${spacing} apart on kcs only, not on ${kind}`;
}

/** The firmware of a guest tells of registers, which no interrupt comes from. */
function whyNotDescribed(scenario: Scenario): string | undefined {
  const { second, host } = scenario;
  if (MEDIUM[interfaceOf(scenario)] === "bus") return "a guest is told of a bus by hand";
  if (second !== undefined) return "a guest finds a second interface by PCI";
  const polls = host?.linux === undefined || host.linux === "poll";
  return polls ? undefined : "where firmware tells of the registers, a guest polls them";
}

/** What a reader has to know of a kernel that plays. */
export function identityOf(kernel: Kernel, parameters: readonly ModuleParameter[]): KernelIdentity {
  const { name, manifest, replaced = [] } = kernel;
  return {
    name,
    version: manifest.version,
    sha256: manifest.image.sha256,
    modules: Object.fromEntries(replaced.map((module) => [module.name, module.sha256])),
    parameters: parameters.map(parameterText),
  };
}
