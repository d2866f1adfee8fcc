/**
 * The seat of an unmodified Linux kernel: QEMU runs it, and its own `ipmi_si` drives our registers,
 * access by access, through a PCI function that this process serves; on SSIF its `ipmi_ssif` drives
 * our bus, through `i2c-i801` and the controller's registers.
 */

export { compileGuest } from "../../guest/compile.ts";
export {
  type Actor,
  findDevice,
  forgetDevice,
  forgetSecond,
  type GuestProgram,
  insertDriver,
  isKilled,
  processName,
  removeDriver,
  type Step,
  stepOf,
} from "../../guest/program.ts";
export { type Report, ReportReader } from "../../guest/reports.ts";
export { addKernel } from "../../kernels/add.ts";
export {
  findKernel,
  type Kernel,
  kernelsFolder,
  kernelTitle,
  listKernels,
  removeKernel,
} from "../../kernels/cache.ts";
export { type ModuleFile, withModules } from "../../kernels/replace.ts";
export { stopAll } from "../../programs/life.ts";
export { probeQemu, transportOf } from "../../programs/qemu-probe.ts";
export { examineMachine, type Finding, kernelsFinding } from "./doctor.ts";
export { LinuxHost } from "./host.ts";
export { I801 } from "./i801.ts";
export { modulePath } from "./initrd.ts";
export type { DescribedInterface, HostEnd, LinuxHostOptions, MachineWires } from "./options.ts";
export { placingWrites } from "./placed-registers.ts";
export { type GuestWitness, Witness } from "./witness.ts";
