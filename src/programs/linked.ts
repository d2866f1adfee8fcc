import { basename, join } from "node:path";
import { SeatError } from "./errors.ts";
import { runToolOk } from "./tool.ts";

/** Where the distribution has libraries. */
export const LIBRARIES = "usr/lib/x86_64-linux-gnu";

/**
 * The libraries, and the loader, that a program runs with when `folder` has its own libraries: the
 * system's otherwise. Throws `TOOL_FAILED` when one is nowhere.
 */
export async function linkedLibraries(program: string, folder: string): Promise<readonly string[]> {
  const own = join(folder, LIBRARIES);
  const { stdout } = await runToolOk("env", [`LD_LIBRARY_PATH=${own}`, "ldd", program]);
  const text = stdout.toString();
  const lacking = /(\S+) => not found/.exec(text)?.[1];
  if (lacking !== undefined) throw new SeatError("TOOL_FAILED", `${program} needs ${lacking}`);
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

/** Where a guest has such a library: a program names its loader's place, and all else is looked for. */
export function placeInGuest(library: string): string {
  return join(library.includes("/ld-linux") ? "lib64" : "lib", basename(library));
}
