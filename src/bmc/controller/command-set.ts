import { getBtInterfaceCapabilities } from "../commands/app/bt-interface.ts";
import * as channel from "../commands/app/channel.ts";
import * as device from "../commands/app/device.ts";
import * as messaging from "../commands/app/messaging.ts";
import { sendMessage } from "../commands/app/send-message.ts";
import * as watchdog from "../commands/app/watchdog.ts";
import * as bootOptions from "../commands/chassis/boot-options.ts";
import * as chassis from "../commands/chassis/chassis.ts";
import { chassisControl } from "../commands/chassis/control.ts";
import * as event from "../commands/sensor-event/event.ts";
import * as fru from "../commands/storage/fru.ts";
import * as sdr from "../commands/storage/sdr.ts";
import * as sel from "../commands/storage/sel.ts";
import * as time from "../commands/storage/time.ts";
import type { Command } from "./command.ts";
import type { Parts } from "./parts.ts";

/** All commands that the controller carries out, by NetFn and command. */
export const commands: readonly Command<Parts>[] = [
  chassis.getChassisCapabilities,
  chassis.getChassisStatus,
  chassisControl,
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
  sendMessage,
  messaging.readEventMessageBuffer,
  getBtInterfaceCapabilities,
  device.getSystemGuid,
  channel.getChannelInfo,
  channel.getSystemInterfaceCapabilities,

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
  time.getSdrRepositoryTime,
  time.setSdrRepositoryTime,
  sel.getSelInfo,
  sel.getSelAllocationInfo,
  sel.reserveSel,
  sel.getSelEntry,
  sel.addSelEntry,
  sel.partialAddSelEntry,
  sel.deleteSelEntry,
  sel.clearSel,
  time.getSelTime,
  time.setSelTime,
  time.getSelTimeUtcOffset,
  time.setSelTimeUtcOffset,
];
