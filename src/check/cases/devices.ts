import { type DeviceId, getDeviceId } from "../../ipmi/commands/app/device.ts";
import { ask } from "../asking.ts";
import type { Course } from "../case.ts";

type Bit =
  | "sensorDevice"
  | "sdrRepositoryDevice"
  | "selDevice"
  | "fruInventoryDevice"
  | "chassisDevice";

const NAMES: Readonly<Record<Bit, string>> = {
  sensorDevice: "a sensor device",
  sdrRepositoryDevice: "an SDR repository",
  selDevice: "a SEL",
  fruInventoryDevice: "FRU data",
  chassisDevice: "a chassis device",
};

/** That Get Device ID claims such a device, in words; undefined when it does not. */
export function* claimOf(bit: Bit): Course<string | undefined> {
  const { value } = yield* ask(getDeviceId, {});
  const has: DeviceId[Bit] | undefined = value?.[bit];
  return has === true ? `Get Device ID names ${NAMES[bit]}` : undefined;
}
