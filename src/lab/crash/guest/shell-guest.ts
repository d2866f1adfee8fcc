import { readFileSync } from "node:fs";
import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import { type CpioMember, cpioArchive } from "../../../src/seats/linux/cpio.ts";

/** What spares a guest boot time or chance. */
export const KERNEL_ARGUMENTS: readonly string[] = [
  ...["console=ttyS0", "quiet", "panic=-1", "nokaslr", "mitigations=off", "tsc=reliable"],
  ...["no_timer_check", "cryptomgr.notests", "i8042.noaux", "i8042.nokbd"],
];
/** Guest time is a function of what the guest does, however fast this machine is. */
export const VIRTUAL_TIME: readonly string[] = [
  ...["-icount", "shift=2,sleep=off", "-rtc", "base=2026-01-01,clock=vm", "-seed", "1"],
];

/** How a shell that is a guest's first process begins: every applet has its name. */
export const SHELL_BEGINS = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev`;

/** A guest's first file system: a shell, what it does, and what it works with. */
export function shellArchive(init: string, members: readonly CpioMember[]): Uint8Array {
  const folders = ["dev", "proc", "sys", "bin", "lib", "lib64", "modules", "crash"];
  return cpioArchive([
    ...folders.map((path): CpioMember => ({ path, kind: "folder" })),
    { path: "dev/console", kind: "device", major: 5, minor: 1 },
    { path: "bin/busybox", kind: "file", data: readFileSync("/usr/bin/busybox") },
    { path: "init", kind: "file", data: new TextEncoder().encode(init) },
    ...members,
  ]);
}

/** A kernel's own drivers as `/modules/NAME.ko`. */
export function driverMembers(
  { manifest, ...kernel }: Kernel,
  names: readonly string[],
): readonly CpioMember[] {
  return manifest.modules
    .filter(({ name }) => names.includes(name))
    .map((each): CpioMember => {
      const data = readFileSync(kernelFile({ manifest, ...kernel }, each));
      return { path: `modules/${each.name}.ko`, kind: "file", data };
    });
}
