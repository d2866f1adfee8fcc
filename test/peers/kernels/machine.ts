import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import { KERNEL_ARGUMENTS } from "../../../src/lab/crash/guest/shell-guest.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu, transportOf } from "../../../src/programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../../src/programs/qemu-process.ts";
import { virtualTime } from "../../../src/programs/qemu-time.ts";
import type { PciFunction } from "../../../src/seats/linux/transport/pci.ts";
import { ProxyTransport } from "../../../src/seats/linux/transport/proxy-transport.ts";
import { VfioUserTransport } from "../../../src/seats/linux/transport/vfio-user-transport.ts";

const WALL_LIMIT_MS = 400_000;
const LINES_SHOWN = 40;

/** A machine that boots a kernel into what its archive has. */
export interface Machine {
  readonly kernel: Kernel;
  readonly initrd: Uint8Array;
  /** What this process serves, in slots from 2 on. */
  readonly functions: readonly PciFunction[];
  readonly memoryMb: number;
  readonly kernelArguments?: readonly string[];
  /** Guest time is the real one: for measurements. */
  readonly realTime?: boolean;
  /** More of QEMU's own. */
  readonly qemuArguments?: readonly string[];
}

export interface MachineEnd {
  readonly console: readonly string[];
  readonly exit: number | null;
}

/** Runs a machine to its end, in the guest's own virtual time unless it is to be the real one. */
export async function runMachine(machine: Machine): Promise<MachineEnd> {
  const { kernel, memoryMb } = machine;
  const folder = new TemporaryFolder(tmpdir(), "baseboard-machine-");
  const qemu = await probeQemu();
  const initrd = join(folder.path, "initrd");
  const consolePath = join(folder.path, "console");
  writeFileSync(initrd, machine.initrd);
  let failure: unknown;
  const failed = (error: unknown) => {
    failure ??= error;
  };
  const sockets = new SocketNumbers();
  const vfio = transportOf(qemu) === "vfio-user-pci";
  const served = machine.functions.map((target) => {
    const transport = vfio
      ? new VfioUserTransport(target, folder.path, failed)
      : new ProxyTransport(target, failed);
    return { transport, fd: transport.inherits ? sockets.take() : 0 };
  });
  for (const { transport } of served) await transport.open();
  const devices = served.flatMap(({ transport, fd }, index) => {
    const place = { id: `ipmi${index}`, bus: "pci.0", addr: String(2 + index) };
    return ["-device", JSON.stringify({ ...transport.device(fd), ...place })];
  });
  const args = [
    ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-m", String(memoryMb), "-machine", "pc,memory-backend=memory"],
    ...["-object", `memory-backend-memfd,id=memory,size=${memoryMb}M,share=on`],
    ...(machine.realTime === true ? [] : virtualTime()),
    ...["-kernel", kernelFile(kernel, kernel.manifest.elf), "-initrd", initrd],
    ...[
      "-append",
      [...KERNEL_ARGUMENTS, "8250.nr_uarts=1", ...(machine.kernelArguments ?? [])].join(" "),
    ],
    ...["-serial", `file:${consolePath}`, ...devices, ...(machine.qemuArguments ?? [])],
  ];
  const process = await QemuProcess.start(qemu, args, sockets.count);
  for (const { transport, fd } of served) {
    if (transport.inherits) transport.connect(process.socket(fd));
  }
  const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
  const { code, stderrTail } = await process.gone;
  clearTimeout(timer);
  for (const { transport } of served) transport.close();
  const console = readFileSync(consolePath, "latin1").split(/\r?\n/);
  folder.kill();
  if (failure !== undefined) throw failure;
  if (code !== 0) {
    const said = console.slice(-LINES_SHOWN).join("\n");
    throw new Error(`QEMU ended with status ${code}: ${stderrTail}\n${said}`);
  }
  return { console, exit: code };
}
