import { bmcKernels } from "../../kernels/bmc-kernel.ts";
import { type Finding, kernelsFinding } from "../linux/index.ts";

/** What this machine has of kernels that play the BMC; the machine itself is QEMU's, as `--chip` is. */
export function examineBmcKernels(): Finding {
  return kernelsFinding("--bmc linux", bmcKernels.list(), {
    state: "weak",
    text: "no kernel of a BMC here",
    remedy: "baseboard kernels add debian:6.12 --arch armhf",
  });
}
