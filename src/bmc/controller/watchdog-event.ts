import { WatchdogAction } from "../../ipmi/commands/app/watchdog.ts";
import { EVENT_DATA_UNSPECIFIED, EvmRev } from "../../ipmi/commands/sensor-event/event.ts";
import { SelRecordType, selEventRecord } from "../../ipmi/commands/storage/sel-record.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import { WATCHDOG_SENSOR } from "../stores/sensors.ts";
import type { WatchdogSetting } from "../stores/watchdog.ts";

/** Sensor specific. @see IPMI 2.0 §42.1 */
const EVENT_TYPE = 0x6f;
/** Event data 2 is sensor specific, event data 3 unspecified. @see IPMI 2.0 §29.7 */
const EVENT_DATA_FORM = 0xc0;
/** @see IPMI 2.0 §42.2, Table 42-3, sensor type 23h */
const Offset = { Expired: 0, HardReset: 1, PowerDown: 2, PowerCycle: 3, Interrupt: 8 } as const;

const TIMEOUT_OFFSETS: ReadonlyMap<number, number> = new Map([
  [WatchdogAction.HardReset, Offset.HardReset],
  [WatchdogAction.PowerDown, Offset.PowerDown],
  [WatchdogAction.PowerCycle, Offset.PowerCycle],
]);

/** The event that the watchdog's sensor generates; its id and time are filled in later. */
export function watchdogEvent(
  what: "interrupt" | "timeout",
  { action, use, pretimeoutInterrupt }: WatchdogSetting,
): Uint8Array {
  const timeout = TIMEOUT_OFFSETS.get(action) ?? Offset.Expired;
  const offset = what === "interrupt" ? Offset.Interrupt : timeout;
  return selEventRecord.encode({
    recordId: 0,
    recordType: SelRecordType.Event,
    time: 0,
    generatorIsSoftware: false,
    generator: BMC_ADDRESS >> 1,
    generatorLun: 0,
    channel: 0,
    evmRev: EvmRev.V15,
    sensorType: WATCHDOG_SENSOR.type,
    sensorNumber: WATCHDOG_SENSOR.number,
    eventType: EVENT_TYPE,
    deassertion: false,
    eventData1: EVENT_DATA_FORM | offset,
    eventData2: (pretimeoutInterrupt << 4) | use,
    eventData3: EVENT_DATA_UNSPECIFIED,
  });
}
