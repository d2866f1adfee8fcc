import { existsSync, readFileSync } from "node:fs";
import { type Kernel, kernelFile } from "../../../kernels/cache.ts";
import { SeatError } from "../../../programs/errors.ts";
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

const BUSYBOX_PLACES = ["/usr/bin/busybox", "/bin/busybox"] as const;

/** One that needs no libraries: it is all that the guest has. `TOOL_MISSING` where there is none. */
function busybox(): Buffer {
  const place = BUSYBOX_PLACES.find((path) => existsSync(path));
  const program = place === undefined ? undefined : readFileSync(place);
  if (program !== undefined && !asksForLoader(program)) return program;
  const what = program === undefined ? "there is no busybox here" : `${place} needs libraries`;
  throw new SeatError("TOOL_MISSING", what, "apt-get install busybox-static");
}

/** A 64-bit ELF file's program headers: where they are, how long each is, how many. @see gABI, "ELF Header" */
const Elf = { HeadersAt: 0x20, HeaderBytes: 0x36, Headers: 0x38 } as const;
const PT_INTERP = 3;

/** Whether an ELF file names a loader, which finds the libraries. */
function asksForLoader(elf: Buffer): boolean {
  const first = Number(elf.readBigUInt64LE(Elf.HeadersAt));
  const bytes = elf.readUInt16LE(Elf.HeaderBytes);
  const count = elf.readUInt16LE(Elf.Headers);
  const types = Array.from({ length: count }, (_, index) =>
    elf.readUInt32LE(first + index * bytes),
  );
  return types.includes(PT_INTERP);
}

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
