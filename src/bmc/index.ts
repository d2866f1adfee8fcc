/** The controller: a BMC from its side of the registers up to its commands and stores. */
export {
  Controller,
  type ControllerOptions,
  type ControllerOutputs,
} from "./controller/controller.ts";
export {
  type Application,
  Daemon,
  type DaemonOptions,
  type Dispatch,
  type Interposer,
} from "./daemon.ts";
export type { BmcDevice, DeviceError, DeviceHandle, Incoming, Result } from "./device.ts";
export { KcsBmc } from "./kcs.ts";
export { KcsDevice, type KcsDeviceOptions, type WhenClosed } from "./kcs-device.ts";
export { type Absence, Bmc, type BmcOptions } from "./model.ts";
