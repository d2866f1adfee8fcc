import { misplaced, SMBUS_ADDRESSES } from "../../wire/location.ts";
import { type AmlDevice, amlDevices } from "./aml.ts";
import { type Resources, resourcesOf } from "./aml-resources.ts";
import { type Finding, hex } from "./finding.ts";
import type { Region, Regions } from "./regions.ts";
import { KINDS } from "./smbios-record.ts";

/** A table as `/sys/firmware/acpi/tables` has it. */
export interface AcpiTable {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A device of the namespace that the kernel knows: what its evaluation gave. */
export interface AcpiDevice {
  /** `IPI0001:00`. */
  readonly name: string;
  /** `\_SB_.PCI0.MI0_`. */
  readonly path: string | undefined;
  readonly status: string | undefined;
}

const DEVICE_NAME = /^IPI0001:[0-9a-f]{2,}$/i;
const DECLARED_IN = /^(DSDT|SSDT)/;

/** The devices IPI0001: what their declarations tell, and what the kernel made of them. */
export function acpiInterfaces(
  tables: readonly AcpiTable[],
  devices: readonly AcpiDevice[],
  regions: Regions,
): readonly Finding[] {
  const declared = tables
    .filter(({ name }) => DECLARED_IN.test(name))
    .flatMap(({ name, bytes }) => amlDevices(bytes).map((device) => ({ table: name, device })));
  const evaluated = known(devices, regions);
  const left = new Set(evaluated);
  const findings = declared.map(({ table, device }) => {
    const own = evaluated.find((each) => left.has(each) && lastSegment(each) === device.name);
    const [only] = evaluated;
    const alone = declared.length === 1 && evaluated.length === 1 && only?.path === undefined;
    const match = own ?? (alone ? only : undefined);
    if (match !== undefined) left.delete(match);
    return deviceFinding(device, `ACPI device ${device.name} in ${table}`, match, regions);
  });
  return [...findings, ...[...left].map((each) => undeclared(each, regions))];
}

/** What sysfs has; without it, the names at addresses show that a device is there. */
function known(devices: readonly AcpiDevice[], regions: Regions): readonly AcpiDevice[] {
  if (devices.length > 0) return devices;
  const names = [...(regions.io ?? []), ...(regions.mem ?? [])].flatMap((each) => each.names);
  const own = [...new Set(names.filter((name) => DEVICE_NAME.test(name)))];
  return own.map((name) => ({ name, path: undefined, status: undefined }));
}

function lastSegment({ path }: AcpiDevice): string | undefined {
  return path?.trim().split(".").at(-1)?.padEnd(4, "_");
}

function deviceFinding(
  device: AmlDevice,
  where: string,
  evaluated: AcpiDevice | undefined,
  regions: Regions,
): Finding {
  const notes: string[] = [];
  const number = (name: string) => {
    const value = device.value(name);
    return value.is === "number" ? value.number : undefined;
  };
  const type = number("_IFT");
  const kind = type === undefined ? undefined : KINDS[type];
  const srv = number("_SRV");
  const version = srv === undefined ? {} : { version: `${srv >> 8}.${(srv & 0xff).toString(16)}` };
  if (device.value("_STA").is === "method" && evaluated?.status === undefined) {
    notes.push("its _STA is a method, which was not run: whether it is there is not known");
  }
  const crs = device.value("_CRS");
  const resources = crs.is === "bytes" ? resourcesOf(crs.bytes) : undefined;
  const interrupt = resources?.interrupt === undefined ? {} : { interrupt: resources.interrupt };
  const about = { source: "acpi", where, kind, notes, ...version, ...interrupt } as const;
  if (absent(evaluated))
    return { ...about, location: undefined, unusable: "its status is: not there" };
  if (kind === undefined) {
    return { ...about, location: undefined, unusable: kindUnknown(device, type) };
  }
  if (kind === "ssif") return { ...about, ...busPlace(resources?.busAddress ?? number("_ADR")) };
  const shown = evaluated === undefined ? [] : rangesOf(evaluated, regions);
  if (shown.length > 0) notes.push(`the kernel shows it as ${evaluated?.name}`);
  const ranges = shown.length > 0 ? shown : (resources?.ranges ?? []);
  return { ...about, ...registersPlace(kind, ranges, crs.is === "method") };
}

function kindUnknown(device: AmlDevice, type: number | undefined): string {
  if (type !== undefined) return `its _IFT is ${type}: 1 to 4 are known`;
  return device.value("_IFT").is === "none"
    ? "it has no _IFT, which says what kind it is"
    : "its _IFT is a method, which was not run: what kind it is is not known";
}

/** Bit 0 of _STA: present. */
function absent(device: AcpiDevice | undefined): boolean {
  const status = device?.status?.trim() ?? "";
  return /^\d{1,3}$/.test(status) && (Number(status) & 1) === 0;
}

function busPlace(
  address: number | undefined,
): Pick<Finding, "location" | "unusable" | "busAddress"> {
  if (address === undefined)
    return { location: undefined, unusable: "its bus address is not told plainly" };
  const { least, most } = SMBUS_ADDRESSES;
  return address >= least && address <= most
    ? { location: undefined, busAddress: address }
    : {
        location: undefined,
        unusable: `its bus address is ${hex(address)}, from 0x8 to 0x77 is right`,
      };
}

function registersPlace(
  kind: "kcs" | "smic" | "bt",
  ranges: Resources["ranges"],
  isMethod: boolean,
): Pick<Finding, "location" | "unusable"> {
  const [first, ...others] = ranges;
  if (first === undefined) {
    const unusable = isMethod
      ? "its _CRS is a method, which was not run, and /proc/ioports does not name it"
      : "its _CRS names no address";
    return { location: undefined, unusable };
  }
  const second = others.find(({ at }) => at === first.at);
  const apart = second === undefined ? 0 : second.start - first.start;
  const spacing = apart > 0 ? apart : 1;
  const location = { at: first.at, kind, base: first.start, spacing, width: 8 } as const;
  const unusable = misplaced(location);
  return unusable === undefined ? { location } : { location: undefined, unusable };
}

function rangesOf({ name }: AcpiDevice, regions: Regions): Resources["ranges"] {
  const own = ({ names }: Region) => names.at(-1) === name;
  return [...(regions.io ?? []), ...(regions.mem ?? [])]
    .filter(own)
    .map(({ at, start, end }) => ({ at, start, length: end - start + 1 }));
}

/** The kernel has the device, and the tables that declare it were not there or have it otherwise. */
function undeclared(device: AcpiDevice, regions: Regions): Finding {
  const [range] = rangesOf(device, regions);
  const place = range === undefined ? "" : `, at ${range.at} ${hex(range.start)}`;
  const unusable = absent(device)
    ? "its status is: not there"
    : `the kernel knows it${place}; what kind it is stands in tables that were not read`;
  const where = `ACPI device ${device.name}`;
  return { source: "acpi", where, kind: undefined, location: undefined, notes: [], unusable };
}
