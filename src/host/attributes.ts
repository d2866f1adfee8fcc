import { type DeviceId, ipmiVersion } from "../ipmi/commands/app/device.ts";
import type { TransportKind } from "../wire/interface.ts";
import type { HostStack } from "./stack.ts";
import type { Statistics } from "./statistics.ts";

/** Where the registers are, and their interrupt; 0 when there is none. */
export interface Place {
  readonly address: number;
  readonly irq: number;
}

/** The usual place of KCS. @see IPMI 2.0 §9.2 */
const USUAL_PLACE: Place = { address: 0xca2, irq: 0 };
/** The BMC's own address on IPMB. @see IPMI 2.0 §5.1 */
const OWN_ADDRESS = 0x20;
const MAINTENANCE = { off: 0, firmware: 1, reset: 2 } as const;

type InterfaceCounter =
  | "short_timeouts"
  | "long_timeouts"
  | "idles"
  | "interrupts"
  | "attentions"
  | "flag_fetches"
  | "hosed_count"
  | "complete_transactions"
  | "events"
  | "watchdog_pretimeouts"
  | "incoming_messages";

/** What Linux shows of an interface, of its BMC and of the handler between, under Linux's names. */
export interface Attributes {
  readonly interface: Readonly<Record<InterfaceCounter, number>> & {
    readonly type: TransportKind;
    readonly interrupts_enabled: 0 | 1;
    readonly params: string;
    readonly nr_users: number;
    readonly nr_msgs: number;
    /** `0 0`: none; 1 firmware, 2 reset, and the ms left; -1: until it is ended. */
    readonly maintenance_mode: string;
  };
  /** Undefined until the BMC has said who it is. */
  readonly bmc: BmcAttributes | undefined;
  /** What the message handler counted. */
  readonly handler: Readonly<Record<Exclude<keyof Statistics, InterfaceCounter>, number>>;
}

/** What the BMC says of itself, under the names of Linux's attributes. */
export interface BmcAttributes {
  readonly device_id: number;
  readonly provides_device_sdrs: 0 | 1;
  readonly revision: number;
  readonly firmware_revision: string;
  readonly ipmi_version: string;
  readonly additional_device_support: string;
  readonly manufacturer_id: string;
  readonly product_id: string;
  readonly aux_firmware_revision?: string;
  readonly guid?: string;
}

/** All that can be read of a stack, at one moment. */
export function attributes(
  stack: Pick<HostStack, "statistics" | "identity" | "summary">,
  place: Place = USUAL_PLACE,
): Attributes {
  const { summary, identity } = stack;
  const { short_timeouts, long_timeouts, idles, interrupts, ...rest } = stack.statistics;
  const { attentions, flag_fetches, hosed_count, complete_transactions, ...more } = rest;
  const { events, watchdog_pretimeouts, incoming_messages, ...handler } = more;
  const { device, guid } = identity;
  return {
    interface: {
      type: summary.wire.kind,
      interrupts_enabled: summary.interrupt ? 1 : 0,
      short_timeouts,
      long_timeouts,
      idles,
      interrupts,
      attentions,
      flag_fetches,
      hosed_count,
      complete_transactions,
      events,
      watchdog_pretimeouts,
      incoming_messages,
      params: paramsLine(summary.wire, place),
      nr_users: summary.users,
      nr_msgs: summary.outstanding,
      maintenance_mode: maintenanceLine(summary),
    },
    bmc: device === undefined ? undefined : bmcAttributes(device, guid),
    handler,
  };
}

/**
 * Whether two interfaces lead to one BMC: by its GUID, and by what device it says to be. Where one
 * of them has no GUID there is nothing to tell twins apart by, so they count as two.
 */
export function sameBmc(a: Pick<HostStack, "identity">, b: Pick<HostStack, "identity">): boolean {
  const [one, two] = [a.identity, b.identity];
  if (one.device === undefined || two.device === undefined) return false;
  if (!sameDevice(one.device, two.device)) return false;
  const [guid, other] = [ownGuid(one.guid), ownGuid(two.guid)];
  if (guid === undefined || other === undefined) return guid === other;
  return guid.every((byte, at) => byte === other[at]);
}

function sameDevice(a: DeviceId, b: DeviceId): boolean {
  return (
    a.deviceId === b.deviceId &&
    a.manufacturerId === b.manufacturerId &&
    a.productId === b.productId
  );
}

/** All zeros are no GUID: controllers that were never given one show them. */
function ownGuid(guid: Uint8Array | undefined): Uint8Array | undefined {
  return guid?.some((byte) => byte !== 0) === true ? guid : undefined;
}

function paramsLine(wire: HostStack["summary"]["wire"], place: Place): string {
  switch (wire.kind) {
    case "kcs":
    case "smic":
    case "bt": {
      const at = `i/o,0x${place.address.toString(16)}`;
      const registers = `rsp=${wire.spacing},rsi=1,rsh=0`;
      return `${wire.kind},${at},${registers},irq=${place.irq},ipmb=${OWN_ADDRESS}`;
    }
    case "ssif":
      return `ssif,i2c,0x${wire.address.toString(16)},ipmb=${OWN_ADDRESS}`;
    case "opal":
      return `opal,ipmb=${OWN_ADDRESS}`;
  }
}

function maintenanceLine({ quietLeftUs, maintenanceLeftUs }: HostStack["summary"]): string {
  if (quietLeftUs > 0) return `${MAINTENANCE.reset} ${milliseconds(quietLeftUs)}`;
  if (maintenanceLeftUs > 0) return `${MAINTENANCE.firmware} ${milliseconds(maintenanceLeftUs)}`;
  return `${MAINTENANCE.off} 0`;
}

function milliseconds(us: number): number {
  return Number.isFinite(us) ? Math.ceil(us / 1_000) : -1;
}

function bmcAttributes(device: DeviceId, guid: Uint8Array | undefined): BmcAttributes {
  const aux = device.auxiliaryFirmwareRevision;
  return {
    device_id: device.deviceId,
    provides_device_sdrs: device.providesDeviceSdrs ? 1 : 0,
    revision: device.deviceRevision,
    firmware_revision: `${device.firmwareMajor}.${device.firmwareMinor.toString(16)}`,
    ipmi_version: ipmiVersion(device),
    additional_device_support: hex(supportBits(device), 2),
    manufacturer_id: hex(device.manufacturerId, 6),
    product_id: hex(device.productId, 4),
    ...(aux === undefined ? {} : { aux_firmware_revision: auxText(aux) }),
    ...(guid === undefined ? {} : { guid: guidText(guid) }),
  };
}

/** The byte as it is on the wire. @see IPMI 2.0 §20.1 */
function supportBits(device: DeviceId): number {
  const bits = [
    device.sensorDevice,
    device.sdrRepositoryDevice,
    device.selDevice,
    device.fruInventoryDevice,
    device.ipmbEventReceiver,
    device.ipmbEventGenerator,
    device.bridge,
    device.chassisDevice,
  ];
  return bits.reduce((sum, bit, at) => sum | ((bit ? 1 : 0) << at), 0);
}

/** Most significant byte first. */
function auxText(bytes: Uint8Array): string {
  return [...bytes]
    .reverse()
    .map((byte) => hex(byte, 2))
    .join(" ");
}

/** As Linux prints it: the first three fields with their least significant byte first. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

function guidText(guid: Uint8Array): string {
  const digits = GUID_ORDER.map((at) => (guid[at] ?? 0).toString(16).padStart(2, "0")).join("");
  const [a, b, c, d] = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
  ];
  return `${a}-${b}-${c}-${d}-${digits.slice(20)}`;
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
