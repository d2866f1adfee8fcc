import { expect, test } from "vitest";
import { getChannelInfo, IPMI_VENDOR_ID } from "../../../src/ipmi/commands/app/channel.ts";
import {
  bcd,
  firmwareVersion,
  getDeviceId,
  getSelfTestResults,
  ipmiVersion,
  SelfTestResult,
  selfTestFailures,
  setAcpiPowerState,
} from "../../../src/ipmi/commands/app/device.ts";
import {
  clearMessageFlags,
  enableMessageChannelReceive,
  GlobalEnable,
  getMessageFlags,
  globalEnables,
  MessageFlag,
  messageFlags,
  setBmcGlobalEnables,
} from "../../../src/ipmi/commands/app/messaging.ts";
import { getSystemInterfaceCapabilities } from "../../../src/ipmi/commands/app/system-interface.ts";
import {
  getWatchdogTimer,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../../src/ipmi/commands/app/watchdog.ts";
import { decodeRequest, decodeResponse, parseHex } from "../../../src/ipmi/message.ts";

test("Get Device ID: the response of QEMU's BMC model", () => {
  const response = decodeResponse(parseHex("1c01002000000002070000000000"));
  expect(response).toMatchObject({ netFn: 7, lun: 0, cmd: 1, cc: 0 });
  const device = getDeviceId.response.decode(response.data);
  expect(device).toEqual({
    deviceId: 0x20,
    deviceRevision: 0,
    providesDeviceSdrs: false,
    firmwareMajor: 0,
    updateInProgress: false,
    firmwareMinor: 0,
    ipmiMajor: 2,
    ipmiMinor: 0,
    sensorDevice: true,
    sdrRepositoryDevice: true,
    selDevice: true,
    fruInventoryDevice: false,
    ipmbEventReceiver: false,
    ipmbEventGenerator: false,
    bridge: false,
    chassisDevice: false,
    manufacturerId: 0,
    productId: 0,
  });
  expect(getDeviceId.response.encode(device)).toEqual(response.data);
});

test("Get Device ID: every field of the long form, by §20.1", () => {
  const data = parseHex("20 81 83 49 51 bf 57 01 f0 34 12 de ad be ef");
  const device = getDeviceId.response.decode(data);
  expect(device).toMatchObject({
    deviceRevision: 1,
    providesDeviceSdrs: true,
    firmwareMajor: 3,
    updateInProgress: true,
    ipmiMajor: 1,
    ipmiMinor: 5,
    bridge: false,
    chassisDevice: true,
    manufacturerId: 0x157,
    productId: 0x1234,
    auxiliaryFirmwareRevision: parseHex("deadbeef"),
  });
  expect(getDeviceId.response.reservedBitsSet(data)).toBe(true);
  expect(firmwareVersion(device)).toBe("3.49");
  expect(ipmiVersion(device)).toBe("1.5");
  expect(firmwareVersion({ firmwareMajor: 2, firmwareMinor: bcd(7) })).toBe("2.07");
});

test("Get Self Test Results: a corrupted SEL and an empty SDR repository", () => {
  const { result, detail } = getSelfTestResults.response.decode(parseHex("57 88"));
  expect(result).toBe(SelfTestResult.CorruptedOrInaccessible);
  expect(selfTestFailures.decode(Uint8Array.of(detail))).toMatchObject({
    selInaccessible: true,
    sdrRepositoryEmpty: true,
    sdrRepositoryInaccessible: false,
  });
});

test("Set ACPI Power State", () => {
  expect(setAcpiPowerState.request.decode(parseHex("83 7f"))).toEqual({
    systemState: 3,
    setSystemState: true,
    deviceState: 0x7f,
    setDeviceState: false,
  });
});

test("Set Watchdog Timer: the frame of a 10 s timer that resets", () => {
  const { netFn, cmd, data } = decodeRequest(parseHex("18 24 44 01 00 00 64 00"));
  expect([netFn, cmd]).toEqual([setWatchdogTimer.netFn, setWatchdogTimer.cmd]);
  const timer = {
    use: WatchdogUse.SmsOs,
    dontStop: true,
    dontLog: false,
    action: WatchdogAction.HardReset,
    pretimeoutInterrupt: 0,
    pretimeoutS: 0,
    clearExpired: 0,
    countdown100ms: 100,
  };
  expect(setWatchdogTimer.request.decode(data)).toEqual(timer);
  expect(setWatchdogTimer.request.encode(timer)).toEqual(data);
});

test("Set Watchdog Timer: the frame of a panic, 255 s", () => {
  const { data } = decodeRequest(parseHex("182444010000f609"));
  expect(setWatchdogTimer.request.decode(data)).toMatchObject({ countdown100ms: 2_550 });
});

test("Get Watchdog Timer: the response after Set, not running", () => {
  const { data } = decodeResponse(parseHex("1c25000400000064000000"));
  expect(getWatchdogTimer.response.decode(data)).toMatchObject({
    use: WatchdogUse.SmsOs,
    running: false,
    action: WatchdogAction.None,
    countdown100ms: 100,
    present100ms: 0,
  });
});

test("the bits of global enables and message flags are those of their fields", () => {
  const off = new Uint8Array(1);
  const enables = globalEnables.decode(off);
  for (const [name, bit] of Object.entries(GlobalEnable)) {
    const field = name.charAt(0).toLowerCase() + name.slice(1);
    const value = { ...enables, [field]: true };
    expect(setBmcGlobalEnables.request.encode(value), name).toEqual(Uint8Array.of(bit));
  }
  const flags = messageFlags.decode(off);
  for (const [name, bit] of Object.entries(MessageFlag)) {
    const field = name.charAt(0).toLowerCase() + name.slice(1);
    expect(clearMessageFlags.request.encode({ ...flags, [field]: true })).toEqual(
      Uint8Array.of(bit),
    );
  }
  expect(getMessageFlags.response.decode(Uint8Array.of(0x08)).watchdogPretimeout).toBe(true);
});

test("Enable Message Channel Receive", () => {
  expect(enableMessageChannelReceive.request.encode({ channel: 7, operation: 1 })).toEqual(
    parseHex("07 01"),
  );
  expect(enableMessageChannelReceive.response.decode(parseHex("07 01"))).toEqual({
    channel: 7,
    enabled: true,
  });
});

test("Get Channel Info: a system interface", () => {
  const info = getChannelInfo.response.decode(parseHex("0f 0c 05 00 f2 1b 00 ff ff"));
  expect(info).toEqual({
    channel: 0x0f,
    medium: 0x0c,
    protocol: 0x05,
    activeSessions: 0,
    sessionSupport: 0,
    vendorId: IPMI_VENDOR_ID,
    auxiliary1: 0xff,
    auxiliary2: 0xff,
  });
});

test("Get System Interface Capabilities: SSIF long, KCS short", () => {
  const { response } = getSystemInterfaceCapabilities;
  expect(response.decode(parseHex("00 88 ff fe"))).toEqual({
    version: 0,
    pecSupported: true,
    transactions: 2,
    inputBytesMax: 255,
    outputBytesMax: 254,
  });
  expect(response.decode(parseHex("00 00 28"))).toMatchObject({ version: 0, inputBytesMax: 40 });
});
