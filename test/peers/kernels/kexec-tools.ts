import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { kexecFolder } from "../../../src/lab/crash/guest/kexec-tools.ts";

const SCRIPT = fileURLToPath(new URL("../../../tools/unpack-kexec.sh", import.meta.url));

/** Has the distribution's kexec in the cache. */
export function unpackKexec(): void {
  const folder = kexecFolder();
  if (existsSync(folder)) return;
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  execFileSync("sh", [SCRIPT, partial], { stdio: "ignore" });
  renameSync(partial, folder);
}
