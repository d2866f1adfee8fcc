import type { AcpiDevice, AcpiTable } from "../host/discovery/acpi.ts";
import { type DeviceNode, NODE_PROPERTIES } from "../host/discovery/device-tree.ts";
import type { MachineTables } from "../host/discovery/discover.ts";
import type { BusDevice, KernelInterface } from "../host/discovery/kernel.ts";
import type { ModuleParameters } from "../host/discovery/parameters.ts";
import type { PciFunction } from "../host/discovery/pci.ts";
import type { MachineFiles } from "./machine-files.ts";

const DMI = "/sys/firmware/dmi/tables";
const ACPI = "/sys/firmware/acpi/tables";
const ACPI_DEVICES = "/sys/bus/acpi/devices";
const PCI = "/sys/bus/pci/devices";
const BUS = "/sys/bus/i2c/devices";
const CLASS = "/sys/class/ipmi";
/** One is a link to the other where both are there. */
const TREES = ["/sys/firmware/devicetree/base", "/proc/device-tree"] as const;
const OPTIONS = "/etc/modprobe.d";
const MODULES = ["ipmi_si", "ipmi_ssif"] as const;
const ACPI_TABLES_MAX = 128;
const NODES_MAX = 4_096;
const DEPTH_MAX = 16;

/** All that discovery looks at. What a kernel shows is the same at these paths everywhere. */
export function machineTables(files: MachineFiles): MachineTables {
  const entryPoint = files.bytes(`${DMI}/smbios_entry_point`);
  const structures = files.bytes(`${DMI}/DMI`);
  return {
    smbios: {
      ...(entryPoint === undefined ? {} : { entryPoint }),
      ...(structures === undefined ? {} : { structures }),
    },
    acpiTables: acpiTables(files),
    acpiDevices: acpiDevices(files),
    pci: files.names(PCI).map((slot) => pciFunction(files, slot)),
    deviceTree: deviceTree(files),
    parameters: [...moduleFolders(files), ...moduleOptions(files)],
    kernel: kernelInterfaces(files),
    busDevices: busDevices(files),
    ioports: files.text("/proc/ioports"),
    iomem: files.text("/proc/iomem"),
  };
}

function acpiTables(files: MachineFiles): readonly AcpiTable[] {
  return files
    .names(ACPI)
    .filter((name) => /^(SPMI|DSDT|SSDT)\d*$/.test(name))
    .slice(0, ACPI_TABLES_MAX)
    .flatMap((name) => {
      const bytes = files.bytes(`${ACPI}/${name}`);
      return bytes === undefined ? [] : [{ name, bytes }];
    });
}

function acpiDevices(files: MachineFiles): readonly AcpiDevice[] {
  return files
    .names(ACPI_DEVICES)
    .filter((name) => name.startsWith("IPI0001:"))
    .map((name) => ({
      name,
      path: files.text(`${ACPI_DEVICES}/${name}/path`),
      status: files.text(`${ACPI_DEVICES}/${name}/status`),
    }));
}

/** Of a function that is no interface the class is enough. */
function pciFunction(files: MachineFiles, slot: string): PciFunction {
  const at = `${PCI}/${slot}`;
  const type = files.text(`${at}/class`);
  const wanted = type === undefined || type.startsWith("0x0c07");
  const text = (name: string) => (wanted ? files.text(`${at}/${name}`) : undefined);
  return {
    slot,
    class: type,
    vendor: text("vendor"),
    device: text("device"),
    resource: text("resource"),
    config: wanted ? files.bytes(`${at}/config`) : undefined,
  };
}

function deviceTree(files: MachineFiles): readonly DeviceNode[] {
  const root = TREES.find((each) => files.names(each).length > 0);
  if (root === undefined) return [];
  const nodes: DeviceNode[] = [];
  const open = [{ path: "", depth: 0 }];
  for (let at = open.shift(); at !== undefined && nodes.length < NODES_MAX; at = open.shift()) {
    const { path, depth } = at;
    const properties = new Map<string, Uint8Array>();
    for (const name of files.names(`${root}${path}`)) {
      const inner = `${path}/${name}`;
      if (NODE_PROPERTIES.includes(name)) {
        const bytes = files.bytes(`${root}${inner}`);
        if (bytes !== undefined) properties.set(name, bytes);
      } else if (
        depth < DEPTH_MAX &&
        open.length < NODES_MAX &&
        files.isFolder(`${root}${inner}`)
      ) {
        open.push({ path: inner, depth: depth + 1 });
      }
    }
    nodes.push({ path, properties });
  }
  return nodes;
}

function moduleFolders(files: MachineFiles): readonly ModuleParameters[] {
  return MODULES.flatMap((module) => {
    const where = `/sys/module/${module}/parameters`;
    const names = files.names(where);
    const values = new Map<string, string>();
    for (const name of names) {
      // What can only be written to, such as hotmod, tells nothing.
      const text = files.isReadable(`${where}/${name}`)
        ? files.text(`${where}/${name}`)
        : undefined;
      if (text !== undefined) values.set(name, text.trim());
    }
    return values.size === 0 ? [] : [{ where, module, values }];
  });
}

/** What the kernel's command line and modprobe's files give the modules. */
function moduleOptions(files: MachineFiles): readonly ModuleParameters[] {
  const configurations = files.names(OPTIONS).filter((name) => name.endsWith(".conf"));
  const texts = configurations.map((name) => {
    return { where: `${OPTIONS}/${name}`, text: files.text(`${OPTIONS}/${name}`) ?? "" };
  });
  const commandLine = files.text("/proc/cmdline") ?? "";
  return MODULES.flatMap((module) => {
    const onLine = commandLine.split(/\s+/).filter((word) => word.startsWith(`${module}.`));
    const own = onLine.map((word) => word.slice(module.length + 1));
    const all = [{ where: "/proc/cmdline", words: own }, ...texts.map(optionsOf(module))];
    return all
      .filter(({ words }) => words.length > 0)
      .map(({ where, words }) => ({ where, module, values: assignments(words) }));
  });
}

function optionsOf(module: string) {
  return ({ where, text }: { readonly where: string; readonly text: string }) => {
    const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
    const own = lines.filter(([word, name]) => word === "options" && name === module);
    return { where, words: own.flatMap((line) => line.slice(2)) };
  };
}

function assignments(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word : word.slice(0, equals);
      return [name, equals < 0 ? "1" : word.slice(equals + 1).replaceAll('"', "")];
    }),
  );
}

function kernelInterfaces(files: MachineFiles): readonly KernelInterface[] {
  return files
    .names(CLASS)
    .filter((name) => /^ipmi\d+$/.test(name))
    .map((name) => ({
      name,
      device: boundTo(files, name),
      params: files.text(`${CLASS}/${name}/device/params`),
    }));
}

/** In a copy that has a folder in place of the link the device's name is gone. */
function boundTo(files: MachineFiles, name: string): string | undefined {
  const target = files.target(`${CLASS}/${name}/device`);
  return target === "device" ? undefined : target;
}

function busDevices(files: MachineFiles): readonly BusDevice[] {
  return files
    .names(BUS)
    .filter((id) => /^\d+-[0-9a-f]{4}$/.test(id))
    .map((id) => ({ id, name: files.text(`${BUS}/${id}/name`)?.trim() ?? "" }));
}
