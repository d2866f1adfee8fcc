import type { AnyCommandLayout } from "./command-layout.ts";
import * as channel from "./commands/app/channel.ts";
import * as device from "./commands/app/device.ts";
import * as messaging from "./commands/app/messaging.ts";
import * as systemInterface from "./commands/app/system-interface.ts";
import * as watchdog from "./commands/app/watchdog.ts";
import * as bootOptions from "./commands/chassis/boot-options.ts";
import * as chassis from "./commands/chassis/chassis.ts";
import * as event from "./commands/sensor-event/event.ts";
import * as fru from "./commands/storage/fru.ts";
import * as sdr from "./commands/storage/sdr.ts";
import * as sel from "./commands/storage/sel.ts";
import type { Reading } from "./record.ts";

/** Every command whose data we can read and write, for tools. */
export const commandLayouts: readonly AnyCommandLayout[] = [
  chassis.getChassisCapabilities,
  chassis.getChassisStatus,
  chassis.chassisControl,
  chassis.chassisIdentify,
  chassis.setChassisCapabilities,
  chassis.setPowerRestorePolicy,
  chassis.getSystemRestartCause,
  bootOptions.setSystemBootOptions,
  bootOptions.getSystemBootOptions,
  chassis.setFrontPanelButtonEnables,
  chassis.setPowerCycleInterval,
  chassis.getPohCounter,
  event.setEventReceiver,
  event.getEventReceiver,
  event.platformEvent,
  device.getDeviceId,
  device.coldReset,
  device.warmReset,
  device.getSelfTestResults,
  device.setAcpiPowerState,
  device.getAcpiPowerState,
  device.getDeviceGuid,
  watchdog.resetWatchdogTimer,
  watchdog.setWatchdogTimer,
  watchdog.getWatchdogTimer,
  messaging.setBmcGlobalEnables,
  messaging.getBmcGlobalEnables,
  messaging.clearMessageFlags,
  messaging.getMessageFlags,
  messaging.enableMessageChannelReceive,
  messaging.getMessage,
  messaging.sendMessage,
  messaging.readEventMessageBuffer,
  systemInterface.getBtInterfaceCapabilities,
  device.getSystemGuid,
  channel.getChannelInfo,
  systemInterface.getSystemInterfaceCapabilities,
  fru.getFruInventoryAreaInfo,
  fru.readFruData,
  fru.writeFruData,
  sdr.getSdrRepositoryInfo,
  sdr.getSdrRepositoryAllocationInfo,
  sdr.reserveSdrRepository,
  sdr.getSdr,
  sdr.addSdr,
  sdr.partialAddSdr,
  sdr.deleteSdr,
  sdr.clearSdrRepository,
  sdr.getSdrRepositoryTime,
  sdr.setSdrRepositoryTime,
  sel.getSelInfo,
  sel.getSelAllocationInfo,
  sel.reserveSel,
  sel.getSelEntry,
  sel.addSelEntry,
  sel.partialAddSelEntry,
  sel.deleteSelEntry,
  sel.clearSel,
  sel.getSelTime,
  sel.setSelTime,
  sel.getSelTimeUtcOffset,
  sel.setSelTimeUtcOffset,
];

const byNumber: ReadonlyMap<number, AnyCommandLayout> = new Map(
  commandLayouts.map((layout) => [keyOf(layout.netFn, layout.cmd), layout]),
);

/** Takes a request's NetFn or its response's. */
export function layoutOf(netFn: number, cmd: number): AnyCommandLayout | undefined {
  return byNumber.get(keyOf(netFn, cmd));
}

/**
 * The fields of a message's data, for printing; undefined for a command without a layout. A
 * response's data begin after the completion code, and are described only when that is 00h.
 * Throws `Malformed` when the data do not fit the command.
 */
export function describe(
  netFn: number,
  cmd: number,
  data: Uint8Array,
  direction: "request" | "response",
): readonly Reading[] | undefined {
  return layoutOf(netFn, cmd)?.[direction].readings(data);
}

function keyOf(netFn: number, cmd: number): number {
  return ((netFn & 0x3e) << 8) | cmd;
}
