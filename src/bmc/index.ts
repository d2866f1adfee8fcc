/**
 * The controller: a BMC from its side of the registers up to its commands and stores. For a virtual BMC,
 * or for a chip's driver: a device is given any `KcsController`, simulated or of a chip.
 *
 * ```ts
 * import { Bmc, FROM_SYSTEM_INTERFACE, KcsDevice } from "baseboard/bmc";
 * import { VirtualTime } from "baseboard/time";
 * import { Tracer } from "baseboard/trace";
 * import { KcsRegisters } from "baseboard/wire";
 *
 * const time = new VirtualTime();
 * const lane = time.lane("bmc");
 * const registers = new KcsRegisters();
 * const device = new KcsDevice(registers, lane, {
 *   inputLatencyUs: 1,
 *   whenClosed: "refuse",
 *   trusting: false,
 * });
 * const bmc = new Bmc(device, lane, new Tracer(() => time.nowUs), {
 *   whenClosed: "refuse",
 *   daemon: { readLatencyUs: 5, commandLatencyUs: 30 },
 *   controller: {},
 *   bootUs: 0,
 *   bootAbsence: "error",
 *   resetDelayUs: 2_000,
 *   resetUs: 1_000_000,
 * });
 * bmc.powerOn();
 * const response = bmc.controller.execute(Uint8Array.of(0x18, 0x01), FROM_SYSTEM_INTERFACE);
 * console.log(response?.length); // 14 bytes, with NetFn, command and completion code
 * ```
 */
export { BtDevice, type BtDeviceOptions } from "./bt/device.ts";
export { AspeedIbt, type AspeedIbtOptions } from "./chips/aspeed/ibt.ts";
export { AspeedKcs, type AspeedKcsOptions } from "./chips/aspeed/kcs.ts";
export { NuvotonKcs } from "./chips/nuvoton/kcs.ts";
export type { ByteWindow, RegisterWindow } from "./chips/register-window.ts";
export {
  Controller,
  type ControllerOptions,
  type ControllerOutputs,
} from "./controller/controller.ts";
export { satellite } from "./controller/satellite.ts";
export {
  type Application,
  Daemon,
  type DaemonOptions,
  type Dispatch,
  type Interposer,
} from "./daemon.ts";
export type {
  BmcDevice,
  DeviceError,
  DeviceHandle,
  Incoming,
  InterfaceDevice,
  Result,
  WhenClosed,
} from "./device.ts";
export type { Front } from "./front/front.ts";
export { FROM_IPMB, FROM_SYSTEM_INTERFACE, type Origin } from "./front/origin.ts";
export { IpmbController, type IpmbControllerOptions } from "./ipmb/controller.ts";
export type { IpmbTiming } from "./ipmb/timing.ts";
export { KcsDevice } from "./kcs/device.ts";
export { KcsBmc } from "./kcs/kcs.ts";
export type { MessageDeviceOptions } from "./message-device.ts";
export { type Absence, Bmc, type BmcOptions } from "./model.ts";
export { OpalDevice } from "./opal/device.ts";
export { SerialBmc, type SerialBmcOptions } from "./serial/serial-bmc.ts";
export type { SerialManners } from "./serial/side.ts";
export { SmicDevice } from "./smic/device.ts";
export { SsifDevice } from "./ssif/device.ts";
export type { SsifManners } from "./ssif/manners.ts";
export { SSIF_LIMITS, SsifBmc, type SsifLimits } from "./ssif/ssif.ts";
export type { SystemInterface } from "./stores/channels.ts";
