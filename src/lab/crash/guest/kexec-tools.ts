import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../../kernels/store.ts";
import { SeatError } from "../../../programs/errors.ts";
import { linkedLibraries, placeInGuest } from "../../../programs/linked.ts";
import type { CpioMember } from "../../../seats/linux/cpio.ts";

const PLACES = ["sbin/kexec", "usr/sbin/kexec"] as const;

/** Where a kexec lies that was unpacked and not installed. */
export function kexecFolder(): string {
  return join(cacheFolder(), "kexec-tools");
}

/**
 * The distribution's kexec as a guest's /bin/kexec, with its libraries: the one that was unpacked into
 * our cache, else this machine's own. `TOOL_MISSING` where there is neither.
 */
export async function kexecMembers(): Promise<readonly CpioMember[]> {
  const folders = [kexecFolder(), "/"];
  const found = folders.flatMap((folder) => PLACES.map((place) => ({ folder, place })));
  const kexec = found.find(({ folder, place }) => existsSync(join(folder, place)));
  if (kexec === undefined) {
    throw new SeatError(
      "TOOL_MISSING",
      "there is no kexec here",
      `apt-get install kexec-tools; or, without installing it: sh tools/unpack-kexec.sh ${kexecFolder()}`,
    );
  }
  const program = join(kexec.folder, kexec.place);
  const linked = await linkedLibraries(program, kexec.folder);
  return [
    { path: "bin/kexec", kind: "file", data: readFileSync(program) },
    ...linked.map((path): CpioMember => {
      return { path: placeInGuest(path), kind: "file", data: readFileSync(path) };
    }),
  ];
}
