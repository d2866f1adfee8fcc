import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { bytes, flag, nothing, record, reserved, uint, type ValueOf } from "../../record.ts";

/**
 * Firmware and IPMI versions are packed: `firmwareVersion`, `ipmiVersion` and `bcd` work with them.
 * @see IPMI 2.0 §20.1
 */
export const getDeviceId = commandLayout({
  netFn: NetFn.App,
  cmd: 0x01,
  request: nothing,
  response: record(
    {
      /** 00h: unspecified. */
      deviceId: uint(8),
      deviceRevision: uint(4),
      _1: reserved(3),
      providesDeviceSdrs: flag,
      /** Binary. */
      firmwareMajor: uint(7),
      /** "Device available": initialisation, SDR or firmware update is in progress. */
      updateInProgress: flag,
      /** BCD. */
      firmwareMinor: uint(8),
      /** BCD, the major version in the low nibble. */
      ipmiMajor: uint(4),
      ipmiMinor: uint(4),
      sensorDevice: flag,
      sdrRepositoryDevice: flag,
      selDevice: flag,
      fruInventoryDevice: flag,
      ipmbEventReceiver: flag,
      ipmbEventGenerator: flag,
      bridge: flag,
      chassisDevice: flag,
      /** IANA enterprise number. */
      manufacturerId: uint(20),
      _2: reserved(4),
      productId: uint(16),
    },
    { auxiliaryFirmwareRevision: bytes(4) },
  ),
});
/** Who a controller is, and what it can do. @see IPMI 2.0 §20.1 */
export type DeviceId = ValueOf<typeof getDeviceId.response>;

/** `2.07`: the major number is binary, the minor one BCD. @see IPMI 2.0 §20.1 */
export function firmwareVersion(device: Pick<DeviceId, "firmwareMajor" | "firmwareMinor">): string {
  return `${device.firmwareMajor}.${device.firmwareMinor.toString(16).padStart(2, "0")}`;
}

/** `2.0` */
export function ipmiVersion(device: Pick<DeviceId, "ipmiMajor" | "ipmiMinor">): string {
  return `${device.ipmiMajor.toString(16)}.${device.ipmiMinor.toString(16)}`;
}

/** Packs a number from 0 to 99 as two BCD digits. */
export function bcd(value: number): number {
  return (Math.floor(value / 10) << 4) | (value % 10);
}

/** @see IPMI 2.0 §20.2 */
export const coldReset = commandLayout({
  netFn: NetFn.App,
  cmd: 0x02,
  request: nothing,
  response: nothing,
});

/** @see IPMI 2.0 §20.3 */
export const warmReset = commandLayout({
  netFn: NetFn.App,
  cmd: 0x03,
  request: nothing,
  response: nothing,
});

/** Any other result is device specific. @see IPMI 2.0 §20.4 */
export const SelfTestResult = {
  Passed: 0x55,
  NotImplemented: 0x56,
  CorruptedOrInaccessible: 0x57,
  FatalHardwareError: 0x58,
} as const;

/** @see IPMI 2.0 §20.4 */
export const getSelfTestResults = commandLayout({
  netFn: NetFn.App,
  cmd: 0x04,
  request: nothing,
  response: record({ result: uint(8), detail: uint(8) }),
});

/** `detail` with result 57h. @see IPMI 2.0 §20.4 */
export const selfTestFailures = record({
  operationalFirmwareCorrupted: flag,
  bootBlockFirmwareCorrupted: flag,
  fruInternalUseAreaCorrupted: flag,
  sdrRepositoryEmpty: flag,
  ipmbLinesNotResponding: flag,
  bmcFruInaccessible: flag,
  sdrRepositoryInaccessible: flag,
  selInaccessible: flag,
});

/** @see IPMI 2.0 §20.6 */
export const SystemPowerState = {
  S0: 0x00,
  S1: 0x01,
  S2: 0x02,
  S3: 0x03,
  S4: 0x04,
  S5: 0x05,
  S4OrS5: 0x06,
  G3: 0x07,
  SleepingS1ToS3: 0x08,
  SleepingS1ToS4: 0x09,
  Override: 0x0a,
  LegacyOn: 0x20,
  LegacyOff: 0x21,
  Unknown: 0x2a,
  NoChange: 0x7f,
} as const;

/** @see IPMI 2.0 §20.6 */
export const DevicePowerState = {
  D0: 0x00,
  D1: 0x01,
  D2: 0x02,
  D3: 0x03,
  Unknown: 0x2a,
  NoChange: 0x7f,
} as const;

/** @see IPMI 2.0 §20.6 */
export const setAcpiPowerState = commandLayout({
  netFn: NetFn.App,
  cmd: 0x06,
  request: record({
    systemState: uint(7),
    setSystemState: flag,
    deviceState: uint(7),
    setDeviceState: flag,
  }),
  response: nothing,
});

/** @see IPMI 2.0 §20.7 */
export const getAcpiPowerState = commandLayout({
  netFn: NetFn.App,
  cmd: 0x07,
  request: nothing,
  response: record({
    systemState: uint(7),
    _1: reserved(1),
    deviceState: uint(7),
    _2: reserved(1),
  }),
});

/** The GUID goes with its least significant byte first. @see IPMI 2.0 §20.8 */
export const getDeviceGuid = commandLayout({
  netFn: NetFn.App,
  cmd: 0x08,
  request: nothing,
  response: record({ guid: bytes(16) }),
});

/** @see IPMI 2.0 §22.14 */
export const getSystemGuid = commandLayout({
  netFn: NetFn.App,
  cmd: 0x37,
  request: nothing,
  response: record({ guid: bytes(16) }),
});
