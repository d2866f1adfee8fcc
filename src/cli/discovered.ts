import { discover } from "../host/discovery/discover.ts";
import type { Location, Place } from "../wire/location.ts";
import { Exit, Failure } from "./failure.ts";
import { MachineFiles } from "./machine-files.ts";
import { machineTables } from "./machine-tables.ts";

/** Where the BMC is: as it was written, or as `baseboard discover` chooses on this machine. `given`: by which word. */
export function placeOf(location: Location, given: string): Place {
  if (location.at !== "discovered") return location;
  const { answers } = discover(machineTables(new MachineFiles("/")));
  const place = answers.find(({ chosen }) => chosen)?.finding.location;
  if (place !== undefined && place.at !== "discovered") return place;
  throw new Failure(
    Exit.Missing,
    `${given}: no interface of this machine's is described; \`baseboard discover\` says more`,
  );
}
