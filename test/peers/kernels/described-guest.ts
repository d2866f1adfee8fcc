import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import { driverMembers, KERNEL_ARGUMENTS } from "../../../src/lab/crash/guest/shell-guest.ts";
import { runStagedGuest, type StagedGuest } from "./staged-guest.ts";

const DRIVERS = [
  ...["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "i2c_smbus", "i2c_i801", "ipmi_ssif"],
];

/** A PC as its firmware describes it. */
export interface DescribedGuest extends Pick<StagedGuest, "stages"> {
  readonly kernel: Kernel;
  /** QEMU's options for the devices. */
  readonly devices: readonly string[];
  /** Records of SMBIOS beside those that QEMU makes, without strings. */
  readonly records: readonly Uint8Array[];
  /** Whole tables beside QEMU's own. */
  readonly acpiTables: readonly Uint8Array[];
}

/** Boots the machine, goes through the stages, and gives what came of each. */
export function runDescribedGuest(guest: DescribedGuest) {
  const { kernel, devices, records, acpiTables, stages } = guest;
  const strings = new Uint8Array(2);
  return runStagedGuest({
    kernel: kernelFile(kernel, kernel.manifest.elf),
    drivers: driverMembers(kernel, DRIVERS),
    line: "ttyS1",
    commandLine: [...KERNEL_ARGUMENTS, "8250.nr_uarts=2"],
    options: (put, told) => [
      ...["-machine", "q35", "-serial", "null", "-serial", `file:${told}`],
      ...records.flatMap((record, index) => {
        return ["-smbios", `file=${put(`record${index}`, Buffer.concat([record, strings]))}`];
      }),
      ...acpiTables.flatMap((table, index) => {
        return ["-acpitable", `file=${put(`table${index}`, table)}`];
      }),
      ...devices,
    ],
    stages,
  });
}
