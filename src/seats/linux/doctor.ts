import { listKernels } from "../../kernels/cache.ts";
import { cacheFolder, type StoredKernel } from "../../kernels/store.ts";
import { SeatError } from "../../programs/errors.ts";
import { probeQemu, type Qemu, REMEDY_QEMU } from "../../programs/qemu-probe.ts";
import { hasTool } from "../../programs/tool.ts";

/** One thing that the seat needs, and how to get it when it is not here. */
export interface Finding {
  readonly what: string;
  /** `weak`: all else plays without it, or with it, but not as well. */
  readonly state: "good" | "weak" | "missing";
  readonly text: string;
  /** What to do; empty when there is nothing to do. */
  readonly remedy: string;
}

/** What this machine has for Linux guests. Looks, and changes nothing. */
export async function examineMachine(program?: string): Promise<readonly Finding[]> {
  return [
    ...(await examineQemu(program)),
    await examineTool("xz", "decompresses Debian's kernels and modules", "xz-utils"),
    await examineTool("apt-get", "fetches Debian's kernels", "apt"),
    await examineTool("dpkg-deb", "unpacks their packages", "dpkg"),
    kernelsFinding("kernels", listKernels(), {
      state: "missing",
      text: `none in ${cacheFolder()}`,
      remedy: "baseboard kernels add debian:6.1",
    }),
  ];
}

async function examineQemu(program: string | undefined): Promise<readonly Finding[]> {
  try {
    return qemuFindings(await probeQemu(program));
  } catch (error) {
    if (!(error instanceof SeatError)) throw error;
    return [{ what: "qemu", state: "missing", text: error.message, remedy: error.remedy }];
  }
}

function qemuFindings(qemu: Qemu): readonly Finding[] {
  const [device] = qemu.transports;
  const version = `${qemu.program} ${qemu.version}`;
  if (device === undefined) {
    const text = `${version} has no device that can be served`;
    return [{ what: "qemu", state: "missing", text, remedy: REMEDY_QEMU }];
  }
  return [
    { what: "qemu", state: "good", text: `${version} with ${device}`, remedy: "" },
    {
      what: "qboot.rom",
      state: qemu.qboot ? "good" : "weak",
      text: qemu.qboot ? "guests start without a BIOS" : "guests start through a BIOS, and later",
      remedy: qemu.qboot ? "" : "apt-get install qemu-system-data",
    },
  ];
}

async function examineTool(what: string, text: string, debianPackage: string): Promise<Finding> {
  return (await hasTool(what))
    ? { what, state: "good", text, remedy: "" }
    : { what, state: "missing", text, remedy: `apt-get install ${debianPackage}` };
}

/** Which kernels there are; without any, what is wrong with that. */
export function kernelsFinding(
  what: string,
  kernels: readonly StoredKernel[],
  none: Omit<Finding, "what">,
): Finding {
  if (kernels.length === 0) return { what, ...none };
  const text = kernels.map(({ manifest }) => manifest.version).join(", ");
  return { what, state: "good", text, remedy: "" };
}
