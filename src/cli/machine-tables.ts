import type { MachineTables } from "../host/discovery/discover.ts";
import type { MachineFiles } from "./machine-files.ts";

const DMI = "/sys/firmware/dmi/tables";

/** All that discovery looks at. What a kernel shows is the same at these paths everywhere. */
export function machineTables(files: MachineFiles): MachineTables {
  const entryPoint = files.bytes(`${DMI}/smbios_entry_point`);
  const structures = files.bytes(`${DMI}/DMI`);
  return {
    smbios: {
      ...(entryPoint === undefined ? {} : { entryPoint }),
      ...(structures === undefined ? {} : { structures }),
    },
  };
}
