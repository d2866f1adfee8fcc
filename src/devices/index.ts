/**
 * A real machine's BMC, by the ways that an operating system has to it: the kernel's own driver,
 * or our own stack on the registers. `openTarget` opens whatever a location names; `KernelDevice` is all that `/dev/ipmiN` can do.
 *
 * ```ts
 * import { DeviceError, KernelDevice } from "baseboard/devices";
 *
 * try {
 *   const device = new KernelDevice("/dev/ipmi0");
 *   const { cc, data } = await device.request({ netFn: 0x06, cmd: 0x01 });
 *   console.log(cc, data);
 *   await device.close();
 * } catch (error) {
 *   console.log(error instanceof DeviceError ? error.code : error); // NO_DEVICE where there is none
 * }
 * ```
 */
export { DeviceError, type DeviceErrorCode } from "./errors.ts";
export type { KernelAddress, MessageTiming } from "./kernel-calls.ts";
export {
  type KernelCommand,
  type KernelDelivery,
  KernelDevice,
  type KernelDeviceOptions,
  type KernelMaintenance,
} from "./kernel-device.ts";
export { isOfBmc } from "./kernel-target.ts";
export { machineHead } from "./machine-head.ts";
export { openTarget } from "./open.ts";
export { Pty } from "./pty.ts";
export type { Target, TargetOptions } from "./target.ts";
