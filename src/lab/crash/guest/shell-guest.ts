import { readFileSync } from "node:fs";
import { type Kernel, kernelFile } from "../../../kernels/cache.ts";
import { busybox } from "../../../seats/linux/busybox.ts";
import { type CpioMember, cpioArchive } from "../../../seats/linux/cpio.ts";

/** What spares a guest boot time or chance. */
export const KERNEL_ARGUMENTS: readonly string[] = [
  ...["console=ttyS0", "quiet", "panic=-1", "nokaslr", "mitigations=off", "tsc=reliable"],
  ...["no_timer_check", "cryptomgr.notests", "i8042.noaux", "i8042.nokbd"],
];
/** How a shell that is a guest's first process begins: every applet has its name. */
export const SHELL_BEGINS = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev`;

/** A guest's first file system: a shell (this machine's), what it does, and what it works with. */
export function shellArchive(
  init: string,
  members: readonly CpioMember[],
  shell: Uint8Array = busybox(),
): Uint8Array {
  const folders = ["dev", "proc", "sys", "bin", "lib", "lib64", "modules", "crash"];
  return cpioArchive([
    ...folders.map((path): CpioMember => ({ path, kind: "folder" })),
    { path: "dev/console", kind: "device", major: 5, minor: 1 },
    { path: "bin/busybox", kind: "file", data: shell },
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
