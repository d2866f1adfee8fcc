import { type DeviceId, getDeviceGuid, getDeviceId } from "../../ipmi/commands/app/device.ts";

/** Fewer are no device ID; what lies between may be missing on old controllers. */
const DEVICE_ID_BYTES_MIN = 6;
const DEVICE_ID_BYTES = getDeviceId.response.size.min;
/** How often the GUID is asked for if no answer comes. */
const GUID_ASKS_MAX = 2;
const GUID_BYTES = getDeviceGuid.response.size.min;

/** Reads Get Device ID data of any length that real controllers give; undefined when too short. */
export function parseDeviceId(data: Uint8Array): DeviceId | undefined {
  if (data.length < DEVICE_ID_BYTES_MIN) return undefined;
  const whole = data.length >= getDeviceId.response.size.max;
  const bytes = new Uint8Array(whole ? getDeviceId.response.size.max : DEVICE_ID_BYTES);
  bytes.set(data.subarray(0, bytes.length));
  return getDeviceId.response.decode(bytes);
}

/** Who the BMC is, as far as it said. */
export class Identity {
  private _device: DeviceId | undefined;
  private _guid: Uint8Array | undefined;
  private _guidAsks = 0;
  private _readUs = Number.NEGATIVE_INFINITY;

  get device(): DeviceId | undefined {
    return this._device;
  }

  get guid(): Uint8Array | undefined {
    return this._guid;
  }

  /** Whether to ask for the optional GUID: a BMC that has none, or fails over it, has its peace. */
  get wantsGuid(): boolean {
    return this._guidAsks < GUID_ASKS_MAX;
  }

  /** How old the device ID is. */
  ageUs(nowUs: number): number {
    return nowUs - this._readUs;
  }

  /** Another read was tried; the next one is due only when this one has aged. */
  touch(nowUs: number): void {
    this._readUs = nowUs;
  }

  /** True when the firmware is another than before, so that all it said may have changed. */
  accept(device: DeviceId, nowUs: number): boolean {
    const before = this._device;
    this._device = device;
    this._readUs = nowUs;
    if (before === undefined || sameFirmware(before, device)) return false;
    this._guid = undefined;
    this._guidAsks = 0;
    return true;
  }

  askGuid(): void {
    this._guidAsks++;
  }

  /** The BMC answered; without data it has none. */
  acceptGuid(data: Uint8Array): void {
    this._guidAsks = GUID_ASKS_MAX;
    if (data.length >= GUID_BYTES) this._guid = data.slice(0, GUID_BYTES);
  }

  /** Channels can be asked for since IPMI 1.5; there are controllers of 0.9, too. */
  get knowsChannels(): boolean {
    const device = this._device;
    if (device === undefined || device.ipmiMajor < 1) return false;
    return device.ipmiMajor > 1 || device.ipmiMinor >= 5;
  }
}

function sameFirmware(a: DeviceId, b: DeviceId): boolean {
  return (
    a.firmwareMajor === b.firmwareMajor &&
    a.firmwareMinor === b.firmwareMinor &&
    `${a.auxiliaryFirmwareRevision}` === `${b.auxiliaryFirmwareRevision}`
  );
}
