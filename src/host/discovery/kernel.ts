import { SMBUS_ADDRESSES } from "../../wire/location.ts";
import type { Finding } from "./finding.ts";
import { lineFinding } from "./parameters.ts";

/** An interface that the kernel's driver has brought up: `/dev/ipmi0`. */
export interface KernelInterface {
  /** `ipmi0`. */
  readonly name: string;
  /** The device it is bound to: `dmi-ipmi-si.0`, `IPI0001:00`, `1-0010`. */
  readonly device: string | undefined;
  /** The driver's attribute of that name. */
  readonly params: string | undefined;
}

/** A device on a bus that the kernel knows: `1-0010`, and what it takes it for. */
export interface BusDevice {
  readonly id: string;
  readonly name: string;
}

const ON_BUS = /^(\d{1,5})-00([0-9a-f]{2})$/i;
/** What the kernel calls a device on a bus that it knows by ACPI. */
const BY_ACPI = /^i2c-\S+:[0-9a-f]{2}$/i;
const OF_SSIF = /ssif|IPI0001/i;

/** What the kernel has chosen itself, and uses. */
export function kernelInterfaces(interfaces: readonly KernelInterface[]): readonly Finding[] {
  return interfaces.map((each) => {
    return { ...bound(each), device: `/dev/${each.name}` };
  });
}

function bound({ name, device, params }: KernelInterface): Finding {
  const where = `/dev/${name}, bound to ${device ?? "a device that is not named"}`;
  const bus = busLocation(device ?? "");
  if (bus !== undefined) return { source: "kernel", where, kind: "ssif", location: bus, notes: [] };
  if (params !== undefined) return lineFinding(params, "kernel", where);
  const byAcpi = BY_ACPI.test(device ?? "");
  const unusable = byAcpi
    ? "the kernel calls it as ACPI does, and does not tell its address"
    : "the driver does not tell where it is";
  const kind = byAcpi ? "ssif" : undefined;
  return { source: "kernel", where, kind, location: undefined, notes: [], unusable };
}

/** Names the bus of a finding that has none, when exactly one bus has such a device there. */
export function withBus(finding: Finding, devices: readonly BusDevice[]): Finding {
  if (finding.location !== undefined || finding.busAddress === undefined) return finding;
  const places = devices
    .filter(({ name }) => OF_SSIF.test(name))
    .flatMap(({ id }) => busLocation(id) ?? [])
    .filter(({ address }) => address === finding.busAddress);
  const [location, ...more] = places;
  return location === undefined || more.length > 0 ? finding : { ...finding, location };
}

function busLocation(id: string) {
  const [, bus, digits] = ON_BUS.exec(id) ?? [];
  if (bus === undefined || digits === undefined) return undefined;
  const address = Number.parseInt(digits, 16);
  return address < SMBUS_ADDRESSES.least || address > SMBUS_ADDRESSES.most
    ? undefined
    : ({ at: "i2c", kind: "ssif", bus: Number(bus), address } as const);
}
