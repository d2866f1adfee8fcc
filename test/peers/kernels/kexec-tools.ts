import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../../src/kernels/cache.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";

const SCRIPT = fileURLToPath(new URL("../../../tools/unpack-kexec.sh", import.meta.url));

/** The distribution's kexec as a guest's /bin/kexec, with its libraries. Unpacked when it is not yet. */
export function kexecMembers(): readonly CpioMember[] {
  const folder = join(cacheFolder(), "kexec-tools");
  if (!existsSync(folder)) {
    const partial = `${folder}.partial-${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    execFileSync("sh", [SCRIPT, partial], { stdio: "ignore" });
    renameSync(partial, folder);
  }
  const program = ["sbin/kexec", "usr/sbin/kexec"]
    .map((path) => join(folder, path))
    .find((path) => existsSync(path));
  if (program === undefined) throw new Error(`there is no kexec in ${folder}`);
  const env = { LD_LIBRARY_PATH: join(folder, "usr/lib/x86_64-linux-gnu") };
  const needed = execFileSync("ldd", [program], { env: { ...process.env, ...env } }).toString();
  return [
    { path: "bin/kexec", kind: "file", data: readFileSync(program) },
    ...[...needed.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]): CpioMember => {
      const loader = path.includes("/ld-linux");
      const data = readFileSync(path);
      return { path: join(loader ? "lib64" : "lib", basename(path)), kind: "file", data };
    }),
  ];
}
