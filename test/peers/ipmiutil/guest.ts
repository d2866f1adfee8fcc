import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpioArchive } from "../../../src/seats/linux/cpio.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import type { Kernel } from "../../../src/seats/linux/index.ts";
import { kernelFile } from "../../../src/seats/linux/kernels/cache.ts";
import { TemporaryFolder } from "../../../src/seats/linux/life.ts";
import { LineReader } from "../../../src/seats/linux/lines.ts";
import { Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { probeQemu, transportOf } from "../../../src/seats/linux/probe.ts";
import { QemuProcess, SocketNumbers } from "../../../src/seats/linux/qemu-process.ts";
import { ProxyTransport } from "../../../src/seats/linux/transport/proxy-transport.ts";
import { VfioUserTransport } from "../../../src/seats/linux/transport/vfio-user-transport.ts";
import type { RegisterPort } from "../../../src/wire/port.ts";
import { ipmiDeviceInformation, members, PROGRAM } from "./guest-files.ts";

/**
 * A process that ends is the end of its kernel, which then reboots: QEMU ends. Without the blacklist
 * the kernel takes the registers' place for its own driver, and moves the PCI function elsewhere.
 */
const KERNEL_ARGUMENTS = [
  ...["console=ttyS0", "quiet", "panic=-1", "nokaslr", "mitigations=off"],
  ...["no_timer_check", "tsc=reliable", "initcall_blacklist=scan_for_dmi_ipmi"],
];
const MEMORY_MB = 256;
/** Where SeaBIOS puts the I/O ports of a machine's only PCI function with some. */
const BASE = 0xc000;
const SLOT = "4";
const LIFE_MS = 120_000;

/**
 * Runs ipmiutil as the only process of a guest, on our registers: it has its own KCS driver, and the
 * kernel has none loaded. Gives what the guest printed.
 */
export async function runIpmiutil(
  kernel: Kernel,
  port: RegisterPort,
  args: readonly string[],
): Promise<readonly string[]> {
  const folder = new TemporaryFolder(tmpdir(), "baseboard-ipmiutil-");
  try {
    writeFileSync(join(folder.path, "initrd"), cpioArchive(await members()));
    writeFileSync(join(folder.path, "smbios"), ipmiDeviceInformation(BASE));
    return await run(folder, { kernel, port, args });
  } finally {
    folder.kill();
  }
}

async function run(
  folder: TemporaryFolder,
  guest: { kernel: Kernel; port: RegisterPort; args: readonly string[] },
): Promise<readonly string[]> {
  const qemu = await probeQemu();
  const nobody = { report: () => {}, tick: () => {} };
  const facts = { kind: "kcs", pin: 0 } as const;
  const target = new IpmiFunction(guest.port, new Mailbox(new Uint8Array(0), nobody), facts);
  let failure: unknown;
  const failed = (error: unknown) => {
    failure = error;
    process.kill();
  };
  const transport =
    transportOf(qemu) === "vfio-user-pci"
      ? new VfioUserTransport(target, folder.path, failed)
      : new ProxyTransport(target, failed);
  const sockets = new SocketNumbers();
  const consoleFd = sockets.take();
  const deviceFd = transport.inherits ? sockets.take() : 0;
  const device = { ...transport.device(deviceFd), id: "ipmi", addr: SLOT };
  await transport.open();
  folder.check();
  const { image } = guest.kernel.manifest;
  const process = await QemuProcess.start(
    qemu,
    [
      // Guest time stands still while we work: no load of this machine looks like a slow BMC.
      ...["-accel", "tcg", "-icount", "shift=2,sleep=off", "-nodefaults", "-no-user-config"],
      ...["-display", "none", "-no-reboot"],
      ...["-machine", "pc,memory-backend=memory", "-m", String(MEMORY_MB)],
      ...["-object", `memory-backend-memfd,id=memory,size=${MEMORY_MB}M,share=on`],
      // Through the BIOS, which makes the tables that ipmiutil looks into.
      ...["-kernel", kernelFile(guest.kernel, image), "-initrd", join(folder.path, "initrd")],
      ...["-append", [...KERNEL_ARGUMENTS, `rdinit=${PROGRAM}`, "--", ...guest.args].join(" ")],
      ...["-smbios", `file=${join(folder.path, "smbios")}`],
      ...["-chardev", `socket,id=console,fd=${consoleFd}`, "-serial", "chardev:console"],
      ...["-device", JSON.stringify(device)],
    ],
    sockets.count,
  );
  if (transport.inherits) transport.connect(process.socket(deviceFd));
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  process.socket(consoleFd).on("data", (bytes: Uint8Array) => reader.feed(bytes));
  const limit = setTimeout(() => process.kill(), LIFE_MS);
  const { stderrTail } = await process.gone;
  clearTimeout(limit);
  transport.close();
  if (failure !== undefined) throw failure;
  return [...lines, ...stderrTail.split("\n")];
}
