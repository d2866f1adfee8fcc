import { discover, type MachineTables } from "../../../src/host/discovery/discover.ts";
import { placeText } from "../../../src/host/discovery/weigh.ts";

/** A machine of which nothing is known but what a test says. */
export function machine(parts: Partial<MachineTables>): MachineTables {
  return {
    smbios: {},
    acpiTables: [],
    acpiDevices: [],
    pci: [],
    deviceTree: [],
    parameters: [],
    kernel: [],
    busDevices: [],
    ioports: undefined,
    iomem: undefined,
    ...parts,
  };
}

/** What is found, a line each: the place, or why there is none. */
export function found(parts: Partial<MachineTables>): readonly string[] {
  return discover(machine(parts)).answers.map(
    ({ finding }) => finding.unusable ?? placeText(finding),
  );
}
