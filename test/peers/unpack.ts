import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Has a script of tools/ unpack the distribution's packages into a folder of the cache, once. */
export function unpackOnce(script: string, folder: string, ...more: readonly string[]): void {
  if (existsSync(folder)) return;
  const path = fileURLToPath(new URL(`../../tools/${script}`, import.meta.url));
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  execFileSync("sh", [path, partial, ...more], { stdio: "ignore" });
  renameSync(partial, folder);
}
