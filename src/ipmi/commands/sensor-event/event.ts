import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, nothing, record, reserved, uint, type ValueOf } from "../../record.ts";

/** The address that turns event messages off. @see IPMI 2.0 §29.1 */
export const EVENT_RECEIVER_DISABLED = 0xff;

const eventReceiver = record({ address: uint(8), lun: uint(2), _1: reserved(6) });

/** @see IPMI 2.0 §29.1 */
export const setEventReceiver = commandLayout({
  netFn: NetFn.SensorEvent,
  cmd: 0x00,
  request: eventReceiver,
  response: nothing,
});

/** @see IPMI 2.0 §29.2 */
export const getEventReceiver = commandLayout({
  netFn: NetFn.SensorEvent,
  cmd: 0x01,
  request: nothing,
  response: eventReceiver,
});

/** Event message revisions: the BMC takes both, and logs 04h. @see IPMI 2.0 §29.3 */
export const EvmRev = { V10: 0x03, V15: 0x04 } as const;

/** Data bytes that are missing are stored as FFh. @see IPMI 2.0 §29.7 */
export const EVENT_DATA_UNSPECIFIED = 0xff;

const event = {
  /** One of `EvmRev`. */
  evmRev: uint(8),
  sensorType: uint(8),
  sensorNumber: uint(8),
  eventType: uint(7),
  deassertion: flag,
  eventData1: uint(8),
};
const eventData2 = { eventData2: uint(8) };
const eventData3 = { eventData3: uint(8) };

/**
 * The form of system interfaces, SSIF included, which begins with a generator ID: a software ID,
 * shifted left by one, and bit 0 set. @see IPMI 2.0 §29.3, §29.6
 */
export const platformEvent = commandLayout({
  netFn: NetFn.SensorEvent,
  cmd: 0x02,
  request: record({ generatorId: uint(8), ...event }, eventData2, eventData3),
  response: nothing,
});
/** An event as the system's software reports it. @see IPMI 2.0 §29.3 */
export type PlatformEvent = ValueOf<typeof platformEvent.request>;

/** The request of IPMB and LAN, whose sender is known from the message. @see IPMI 2.0 §29.3 */
export const platformEventFromBus = record(event, eventData2, eventData3);
