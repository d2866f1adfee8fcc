import { type DeviceId, getDeviceId } from "../../ipmi/commands/app/device.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import { SDR_HEADER_BYTES } from "./sdr-repository.ts";
import { WATCHDOG_SENSOR } from "./sensors.ts";

const SDR_VERSION = 0x51;
/** @see IPMI 2.0 §43 */
const RecordType = { Full: 0x01, Compact: 0x02, FruLocator: 0x11, McLocator: 0x12 } as const;
/** @see IPMI 2.0 §43.14, Table 43-13 */
const Entity = { Processor: 0x03, SystemManagementModule: 0x06, SystemBoard: 0x07 } as const;
const TEMPERATURE_SENSOR = { number: 0x01, type: 0x01 } as const;
const TYPE_LATIN1 = 0xc0;
/** Where Get Device ID says what the controller supports. @see IPMI 2.0 §20.1 */
const CAPABILITIES_AT = 5;

/** The records of a plain BMC: itself, its FRU device, its watchdog and one temperature. */
export function sensorRecords(device: DeviceId): readonly Uint8Array[] {
  const capabilities = getDeviceId.response.encode(device)[CAPABILITIES_AT] ?? 0;
  return [
    mcLocator(capabilities, "BMC"),
    fruLocator("Board FRU"),
    temperatureSensor("CPU Temp"),
    watchdogSensor("Watchdog"),
  ];
}

/** @see IPMI 2.0 §43.9 */
function mcLocator(capabilities: number, name: string): Uint8Array {
  const channel = 0;
  const staticController = 0x20;
  return record(RecordType.McLocator, [
    ...[BMC_ADDRESS, channel, staticController, capabilities],
    ...[0, 0, 0, Entity.SystemManagementModule, 1, 0],
    ...text(name),
  ]);
}

/** @see IPMI 2.0 §43.8 */
function fruLocator(name: string): Uint8Array {
  const fruId = 0;
  const logical = 0x80;
  const deviceType = 0x10;
  return record(RecordType.FruLocator, [
    ...[BMC_ADDRESS, fruId, logical, 0, 0, deviceType, 0],
    ...[Entity.SystemBoard, 1, 0],
    ...text(name),
  ]);
}

/** Degrees Celsius, unsigned, without thresholds and events. @see IPMI 2.0 §43.1 */
function temperatureSensor(name: string): Uint8Array {
  const scansFromStart = 0x01;
  const rearmsItselfWithoutEvents = 0x43;
  const thresholdReading = 0x01;
  const degreesCelsius = 0x01;
  const multiplier = 1;
  const sensorMaximum = 0xff;
  return record(RecordType.Full, [
    ...[BMC_ADDRESS, 0, TEMPERATURE_SENSOR.number, Entity.Processor, 1],
    ...[scansFromStart, rearmsItselfWithoutEvents, TEMPERATURE_SENSOR.type, thresholdReading],
    ...[...masks(0), ...masks(0), ...masks(0)],
    ...[0, degreesCelsius, 0, 0],
    ...[multiplier, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, sensorMaximum, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0],
    ...text(name),
  ]);
}

/** @see IPMI 2.0 §43.2, §42.2 */
function watchdogSensor(name: string): Uint8Array {
  const eventsAndScanningFromStart = 0x03;
  const rearmsItselfEventsGlobally = 0x42;
  const sensorSpecific = 0x6f;
  const offsets = 0x010f;
  const noNumericReading = 0xc0;
  return record(RecordType.Compact, [
    ...[BMC_ADDRESS, 0, WATCHDOG_SENSOR.number, Entity.SystemBoard, 1],
    ...[eventsAndScanningFromStart, rearmsItselfEventsGlobally],
    ...[WATCHDOG_SENSOR.type, sensorSpecific],
    ...[...masks(offsets), ...masks(0), ...masks(offsets)],
    ...[noNumericReading, 0, 0],
    ...[1, 0, 0, 0, 0, 0, 0, 0],
    ...text(name),
  ]);
}

/** A record whose id the repository fills in. */
function record(type: number, body: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(SDR_HEADER_BYTES + body.length);
  bytes.set([0, 0, SDR_VERSION, type, body.length, ...body]);
  return bytes;
}

/** A mask of 16 bits, its least significant byte first. */
function masks(bits: number): number[] {
  return [bits & 0xff, bits >> 8];
}

/** A type/length byte and the characters. @see IPMI 2.0 §43.15 */
function text(name: string): number[] {
  return [TYPE_LATIN1 | name.length, ...[...name].map((character) => character.charCodeAt(0))];
}
