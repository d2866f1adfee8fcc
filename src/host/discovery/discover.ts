import { type AcpiDevice, type AcpiTable, acpiInterfaces } from "./acpi.ts";
import { type DeviceNode, deviceTreeInterfaces } from "./device-tree.ts";
import type { Finding } from "./finding.ts";
import { type BusDevice, type KernelInterface, kernelInterfaces, withBus } from "./kernel.ts";
import { type ModuleParameters, type Orders, ordersOf } from "./parameters.ts";
import { type PciFunction, pciInterfaces } from "./pci.ts";
import { holdersOf, holdersOfRegisters, type Regions, readRegions } from "./regions.ts";
import { type SmbiosTables, smbiosInterfaces } from "./smbios.ts";
import { spmiInterface } from "./spmi.ts";
import { type Answer, registerPlace, weigh } from "./weigh.ts";

/** What was read of a machine: as bytes and texts, with nothing made of them. All may be missing. */
export interface MachineTables {
  readonly smbios: SmbiosTables;
  readonly acpiTables: readonly AcpiTable[];
  readonly acpiDevices: readonly AcpiDevice[];
  readonly pci: readonly PciFunction[];
  readonly deviceTree: readonly DeviceNode[];
  readonly parameters: readonly ModuleParameters[];
  readonly kernel: readonly KernelInterface[];
  readonly busDevices: readonly BusDevice[];
  readonly ioports: string | undefined;
  readonly iomem: string | undefined;
}

/** What a machine says of its interfaces. */
export interface Discovery {
  /** The first is the one to use, unless it is passed over too. */
  readonly answers: readonly HeldAnswer[];
  /** What is wrong with a table, a sentence each. */
  readonly remarks: readonly string[];
  /** What was there to look at. */
  readonly looked: readonly string[];
}

/** An answer, and who has its registers now: undefined where the kernel does not show that. */
export type HeldAnswer = Answer & { readonly holders: readonly string[] | undefined };

/** More findings than any machine gives are not weighed. */
const FINDINGS_MAX = 512;

/** Reads all tables and weighs what they say. Takes any bytes, and never throws for them. */
export function discover(tables: MachineTables): Discovery {
  const regions: Regions = {
    io: readRegions(tables.ioports, "io"),
    mem: readRegions(tables.iomem, "mem"),
  };
  const smbios = smbiosInterfaces(tables.smbios);
  const orders = ordersOf(tables.parameters);
  const isSpmi = ({ name }: AcpiTable) => name.startsWith("SPMI");
  const findings = [
    ...kernelInterfaces(tables.kernel),
    ...orders.findings,
    ...pciInterfaces(tables.pci),
    ...acpiInterfaces(tables.acpiTables, tables.acpiDevices, regions),
    ...deviceTreeInterfaces(tables.deviceTree),
    ...tables.acpiTables.filter(isSpmi).map(spmiInterface),
    ...smbios.findings,
  ];
  const remarks = [...smbios.remarks, ...hidden(tables, regions)];
  if (findings.length > FINDINGS_MAX)
    remarks.push(`more than ${FINDINGS_MAX} findings: the rest is left out`);
  const ordered = findings
    .slice(0, FINDINGS_MAX)
    .map((each) => underOrders(withBus(each, tables.busDevices), orders));
  return {
    answers: weigh(ordered).map((each) => ({ ...each, holders: holders(each.finding, regions) })),
    remarks,
    looked: looked(tables, smbios.version),
  };
}

/** What a user ordered of the driver stands beside what was found. */
function underOrders(finding: Finding, { off, disabled }: Orders): Finding {
  const { source, notes, unusable } = finding;
  const place = registerPlace(finding);
  const gone = source !== "parameters" && source !== "kernel" && disabled.includes(place ?? "");
  const why = unusable ?? "a parameter says that nothing is to be used there";
  const parameter = off.get(source);
  const told =
    parameter === undefined ? notes : [...notes, `ipmi_si does not look here: ${parameter}`];
  return { ...finding, notes: told, ...(gone ? { unusable: why } : {}) };
}

function holders({ location, bar }: Finding, regions: Regions): readonly string[] | undefined {
  if (bar !== undefined) return holdersOf(bar, regions);
  if (location?.at !== "io" && location?.at !== "mem") return undefined;
  return holdersOfRegisters(location, regions);
}

function hidden({ ioports, iomem }: MachineTables, regions: Regions): readonly string[] {
  const files = [
    { file: "/proc/ioports", text: ioports, read: regions.io },
    { file: "/proc/iomem", text: iomem, read: regions.mem },
  ];
  return files
    .filter(({ text, read }) => text !== undefined && text.trim() !== "" && read === undefined)
    .map(({ file }) => `${file} shows no addresses: root sees them, and who has which`);
}

function looked(tables: MachineTables, smbios: string | undefined): readonly string[] {
  const version = smbios === undefined ? "" : ` ${smbios}`;
  const { acpiTables, pci, deviceTree, parameters, kernel, ioports, iomem } = tables;
  return [
    ...(tables.smbios.structures === undefined ? [] : [`SMBIOS${version}`]),
    ...counted("ACPI table", acpiTables.length),
    ...counted("PCI function", pci.length),
    ...counted("device tree node", deviceTree.length),
    ...counted("set of module parameters", parameters.length),
    ...counted("interface of the kernel", kernel.length),
    ...(ioports === undefined ? [] : ["/proc/ioports"]),
    ...(iomem === undefined ? [] : ["/proc/iomem"]),
  ];
}

function counted(what: string, count: number): readonly string[] {
  return count === 0 ? [] : [`${what}${count === 1 ? "" : "s"}: ${count}`];
}
