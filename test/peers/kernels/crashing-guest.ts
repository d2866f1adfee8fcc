import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BOOT_PARAMS_BYTES,
  type CrashResults,
  RESULTS_AT,
  readResults,
} from "../../../src/crash/results.ts";
import { parseHex } from "../../../src/ipmi/message.ts";
import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu, transportOf } from "../../../src/programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../../src/programs/qemu-process.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { ProxyTransport } from "../../../src/seats/linux/transport/proxy-transport.ts";
import { VfioUserTransport } from "../../../src/seats/linux/transport/vfio-user-transport.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { kexecMembers } from "./kexec-tools.ts";
import {
  driverMembers,
  KERNEL_ARGUMENTS as PLAIN_ARGUMENTS,
  SHELL_BEGINS,
  shellArchive,
  VIRTUAL_TIME,
} from "./shell-guest.ts";

/** Where the firmware puts the registers of the one PCI function that has any. */
export const REGISTERS_AT = 0xc000;
/** Of the guest: its time stamp counter counts the nanoseconds of its virtual time. */
export const TICKS_PER_MS = 1_000_000;
const BASE_ADDRESS_REGISTER = 0x10;
const IO_ADDRESS_MASK = 0xffff_fffc;
const MEMORY_MB = 512;
const WALL_LIMIT_MS = 400_000;

const KERNEL_ARGUMENTS = [...PLAIN_ARGUMENTS, "8250.nr_uarts=1"];
const DUMP_ARGUMENTS = [...KERNEL_ARGUMENTS, "reset_devices", "nr_cpus=1", "irqpoll"];

export interface CrashedGuest {
  readonly console: readonly string[];
  /** Which kernel came up after the crash; undefined when none did. */
  readonly second: string | undefined;
  readonly results: CrashResults;
  /** How the guest ended. */
  readonly exit: number | null;
}

export interface CrashingGuest {
  readonly kernel: Kernel;
  /** What kexec is given to start after a crash. */
  readonly image: Uint8Array;
  /** The system call: kexec_load or kexec_file_load. */
  readonly how: "-c" | "-s";
  readonly port: RegisterPort;
}

/**
 * A guest that loads the image by the distribution's kexec, with the kernel's own drivers at our
 * registers, and crashes. What comes up then shows its boot parameters and turns the power off.
 */
export async function runCrashingGuest(guest: CrashingGuest): Promise<CrashedGuest> {
  const { kernel, port } = guest;
  const folder = new TemporaryFolder(tmpdir(), "baseboard-crash-");
  const qemu = await probeQemu();
  const initrd = join(folder.path, "initrd");
  const consolePath = join(folder.path, "console");
  writeFileSync(initrd, firstArchive(guest));
  const target = new IpmiFunction(port, undefined, { kind: "kcs", pin: 0 });
  let failure: unknown;
  const failed = (error: unknown) => {
    failure ??= error;
  };
  const sockets = new SocketNumbers();
  const vfio = transportOf(qemu) === "vfio-user-pci";
  const transport = vfio
    ? new VfioUserTransport(target, folder.path, failed)
    : new ProxyTransport(target, failed);
  const fd = transport.inherits ? sockets.take() : 0;
  await transport.open();
  const device = { ...transport.device(fd), id: "ipmi0", bus: "pci.0", addr: "2" };
  const args = [
    ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-m", String(MEMORY_MB), "-machine", "pc,memory-backend=memory"],
    ...["-object", `memory-backend-memfd,id=memory,size=${MEMORY_MB}M,share=on`],
    ...VIRTUAL_TIME,
    ...["-kernel", kernelFile(kernel, kernel.manifest.elf), "-initrd", initrd],
    ...["-append", [...KERNEL_ARGUMENTS, "crashkernel=192M"].join(" ")],
    ...["-serial", `file:${consolePath}`, "-device", JSON.stringify(device)],
  ];
  const process = await QemuProcess.start(qemu, args, sockets.count);
  if (transport.inherits) transport.connect(process.socket(fd));
  const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
  const { code } = await process.gone;
  clearTimeout(timer);
  transport.close();
  const lines = readFileSync(consolePath, "latin1").split(/\r?\n/);
  folder.kill();
  if (failure !== undefined) throw failure;
  const base = target.configRead(BASE_ADDRESS_REGISTER, 4) & IO_ADDRESS_MASK;
  if (base !== REGISTERS_AT) throw new Error(`the registers are at 0x${base.toString(16)}`);
  return { console: lines, exit: code, ...seen(lines) };
}

function seen(lines: readonly string[]): Pick<CrashedGuest, "second" | "results"> {
  const second = lines.find((line) => line.startsWith("SECOND "))?.slice("SECOND ".length);
  const shown = lines.find((line) => line.startsWith("PARAMS "))?.slice("PARAMS ".length) ?? "";
  const page = new Uint8Array(BOOT_PARAMS_BYTES);
  if (shown !== "") page.set(parseHex(shown), RESULTS_AT);
  return { second, results: readResults(page) };
}

const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"];

/** Loads the drivers and the image, and crashes by the kernel's own key for it. */
function firstArchive({ kernel, image, how }: CrashingGuest): Uint8Array {
  const init = `${SHELL_BEGINS}
for each in ${DRIVERS.join(" ")}; do insmod /modules/$each.ko; done
LD_LIBRARY_PATH=/lib kexec ${how} -p --command-line="${DUMP_ARGUMENTS.join(" ")}" \
  --initrd=/crash/initrd /crash/vmlinuz
echo "KEXEC $? $(cat /sys/kernel/kexec_crash_loaded)"
echo c > /proc/sysrq-trigger
`;
  return shellArchive(init, [
    ...kexecMembers(),
    ...driverMembers(kernel, DRIVERS),
    { path: "crash/vmlinuz", kind: "file", data: image },
    { path: "crash/initrd", kind: "file", data: secondArchive() },
  ]);
}

/** Shows which kernel it is, that the other's memory is there, and what it was given. */
function secondArchive(): Uint8Array {
  const init = `${SHELL_BEGINS}
echo "SECOND $(uname -r), vmcore $(test -s /proc/vmcore && echo there || echo missing)"
echo "PARAMS $(tail -c +${RESULTS_AT + 1} /sys/kernel/boot_params/data | od -An -v -tx1 | tr -d '\n')"
reboot -f
`;
  return shellArchive(init, []);
}
