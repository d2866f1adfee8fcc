import { hasTool } from "../../programs/tool.ts";
import type { Finding } from "../linux/index.ts";

/** What runs without a guest, by the program that it needs. */
const PROGRAMS = [
  {
    what: "--bmc qemu",
    program: "qemu-system-x86_64",
    good: "QEMU's own IPMI devices can be played against",
    debianPackage: "qemu-system-x86",
  },
  {
    what: "--chip",
    program: "qemu-system-arm",
    good: "the model runs on QEMU's BMC chips",
    debianPackage: "qemu-system-arm",
  },
] as const;

/** What this machine has for QEMU's devices and chips. Looks, and changes nothing. */
export function examineDevices(): Promise<readonly Finding[]> {
  return Promise.all(
    PROGRAMS.map(async ({ what, program, good, debianPackage }): Promise<Finding> => {
      if (await hasTool(program)) return { what, state: "good", text: good, remedy: "" };
      const remedy = `on Debian: apt-get install ${debianPackage}`;
      return { what, state: "missing", text: `there is no ${program} here`, remedy };
    }),
  );
}
