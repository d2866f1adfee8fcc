import { type DeviceId, SelfTestResult } from "../../ipmi/commands/app/device.ts";

/** What the controller says it is. */
export interface Identity {
  /** Changes with the firmware. */
  device: DeviceId;
  /** 16 bytes, the least significant first. */
  readonly guid: Uint8Array;
  readonly systemGuid: Uint8Array;
  readonly selfTest: { readonly result: number; readonly detail: number };
  /** The answer to Cold Reset is optional. @see IPMI 2.0 §20.2 */
  readonly answersColdReset: boolean;
}

const DEVICE_DEFAULT: DeviceId = {
  deviceId: 0x20,
  deviceRevision: 1,
  providesDeviceSdrs: false,
  firmwareMajor: 1,
  updateInProgress: false,
  firmwareMinor: 0x00,
  ipmiMajor: 2,
  ipmiMinor: 0,
  sensorDevice: false,
  sdrRepositoryDevice: true,
  selDevice: true,
  fruInventoryDevice: true,
  ipmbEventReceiver: true,
  ipmbEventGenerator: true,
  bridge: false,
  chassisDevice: true,
  manufacturerId: 0,
  productId: 0x0001,
};

const GUID_DEFAULT = Uint8Array.of(
  ...[0x01, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x80],
  ...[0x00, 0x40, 0x00, 0x00, 0x42, 0x42, 0x42, 0x42],
);

export interface IdentityOptions {
  /** Fields of Get Device ID that differ from a plain BMC's. */
  readonly identity?: Partial<DeviceId>;
  readonly guid?: Uint8Array;
  /** By default the device's own GUID. */
  readonly systemGuid?: Uint8Array;
  readonly selfTest?: { readonly result: number; readonly detail: number };
  readonly answersColdReset?: boolean;
}

export function identityOf(options: IdentityOptions): Identity {
  const guid = options.guid ?? GUID_DEFAULT;
  return {
    device: { ...DEVICE_DEFAULT, ...options.identity },
    guid,
    systemGuid: options.systemGuid ?? guid,
    selfTest: options.selfTest ?? { result: SelfTestResult.Passed, detail: 0 },
    answersColdReset: options.answersColdReset ?? true,
  };
}
