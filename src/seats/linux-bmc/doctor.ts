import { bmcKernels } from "../../kernels/bmc-kernel.ts";
import type { Finding } from "../linux/index.ts";

/** What this machine has of kernels that play the BMC; the machine itself is QEMU's, as `--chip` is. */
export function examineBmcKernels(): Finding {
  const what = "--bmc linux";
  const kernels = bmcKernels.list();
  if (kernels.length === 0) {
    const remedy = "baseboard kernels add debian:6.12 --arch armhf";
    return { what, state: "weak", text: "no kernel of a BMC here", remedy };
  }
  const text = kernels.map(({ manifest }) => manifest.version).join(", ");
  return { what, state: "good", text, remedy: "" };
}
