import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOADER_SLEEPS_US, loaderElf } from "../../guest/loader.ts";
import { kernelFile } from "../../kernels/cache.ts";
import { errorText, SeatError } from "../../programs/errors.ts";
import type { TemporaryFolder } from "../../programs/life.ts";
import { type Qemu, transportOf } from "../../programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../programs/qemu-process.ts";
import type { InterfaceKind } from "../../wire/interface.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { qemuArguments } from "./command-line.ts";
import { ConsoleFile } from "./console-file.ts";
import { IpmiFunction } from "./device.ts";
import { buildInitrd } from "./initrd.ts";
import { InterruptLine } from "./interrupt-line.ts";
import { Mailbox } from "./mailbox.ts";
import type { LinuxHostOptions } from "./options.ts";
import { Qmp } from "./qmp.ts";
import { SmbusFunction } from "./smbus-device.ts";
import { incomingFrom, resume, type SnapshotSource, snapshotFor } from "./snapshot.ts";
import type { PciFunction, PciTransport } from "./transport/pci.ts";
import { ProxyTransport } from "./transport/proxy-transport.ts";
import { VfioUserTransport } from "./transport/vfio-user-transport.ts";
import { UnknownUntil } from "./unknown-until.ts";

/** What belongs to one running guest. */
export interface RunningGuest {
  readonly process: QemuProcess;
  readonly transport: PciTransport;
  readonly folder: TemporaryFolder;
  readonly console: ConsoleFile;
  readonly options: LinuxHostOptions;
  readonly failure: Failure;
  readonly notes: readonly string[];
}

/** The first error of the machine's functions, which QEMU's streams call. It ends the guest. */
class Failure {
  thrown: { readonly error: unknown } | undefined;
  #ended: () => void = () => {};

  raise(error: unknown): void {
    this.thrown ??= { error };
    this.#ended();
  }

  onRaise(end: () => void): void {
    this.#ended = end;
    if (this.thrown !== undefined) end();
  }
}

/** Starts a guest, from a snapshot when one was asked for and can be had. */
export async function launch(
  folder: TemporaryFolder,
  qemu: Qemu,
  options: LinuxHostOptions,
): Promise<RunningGuest> {
  const looksTwice = options.kernel.manifest.builtIn.length > 0;
  const initrd = buildInitrd(options.kernel, loaderElf({ looksTwice }));
  const initrdPath = join(folder.path, "initrd");
  writeFileSync(initrdPath, initrd);
  const { elf, image } = options.kernel.manifest;
  const boot: SnapshotSource = {
    qemu,
    kernel: options.kernel,
    initrd,
    initrdPath,
    kernelPath: kernelFile(options.kernel, elf.pvh ? elf : image),
    kernelArguments: options.kernelArguments ?? [],
    qboot: elf.pvh && qemu.qboot,
    realTime: options.realTime ?? false,
  };
  const notes = qemu.qboot ? [] : ["QEMU has no qboot.rom: the guest starts later"];
  if (options.snapshot === true) {
    let snapshot: string | undefined;
    try {
      snapshot = await snapshotFor(boot);
      return { ...(await run(folder, boot, options, snapshot)), notes };
    } catch (error) {
      // A QEMU that hangs would do so again; and what cannot be loaded is made anew the next time.
      if (error instanceof SeatError && error.code === "QEMU_HANGS") throw error;
      if (snapshot !== undefined) rmSync(snapshot, { force: true });
      notes.push(`booted without a snapshot: ${errorText(error)}`);
    }
  }
  return { ...(await run(folder, boot, options, undefined)), notes };
}

async function run(
  folder: TemporaryFolder,
  boot: SnapshotSource,
  options: LinuxHostOptions,
  snapshot: string | undefined,
): Promise<Omit<RunningGuest, "notes">> {
  const { machine, interrupt } = options;
  const failure = new Failure();
  const raise = (error: unknown) => failure.raise(error);
  const consolePath = join(folder.path, "console");
  const console = new ConsoleFile(consolePath, (line) => machine.console(line));
  // A guest from a snapshot has slept once for the snapshot's sake: that is no time of the match.
  const sleptUs = snapshot === undefined ? 0 : LOADER_SLEEPS_US;
  const mailbox = new Mailbox(options.program, {
    report: (byte) => machine.report(byte),
    tick: (guestUs) => {
      console.read();
      machine.tick(guestUs - sleptUs);
    },
    panics: () => machine.panics?.() === true,
  });
  const { kind = "kcs" } = machine;
  const pin = interrupt === "poll" ? 0 : 1;
  const known = () => machine.known?.() !== false;
  const target = new UnknownUntil(pciFunction(kind, machine.port, mailbox, pin), known);
  const transport =
    transportOf(boot.qemu) === "vfio-user-pci"
      ? new VfioUserTransport(target, folder.path, raise)
      : new ProxyTransport(target, raise);
  const sockets = new SocketNumbers();
  const deviceFd = transport.inherits ? sockets.take() : 0;
  const qtestFd = interrupt === "irq" ? sockets.take() : undefined;
  const qmpFd = snapshot === undefined ? undefined : sockets.take();
  const device = transport.device(deviceFd);
  const incoming = snapshot === undefined ? undefined : incomingFrom(snapshot);
  const setup = { ...boot, consolePath, qmpFd, qtestFd, device, incoming, stopsWaiting: false };
  await transport.open();
  folder.check();
  const process = await QemuProcess.start(boot.qemu, qemuArguments(setup), sockets.count);
  if (transport.inherits) transport.connect(process.socket(deviceFd));
  if (qtestFd !== undefined) {
    const line = new InterruptLine(process.socket(qtestFd));
    machine.onLine?.((level) => line.set(level));
  }
  if (qmpFd === undefined) return { process, transport, folder, console, options, failure };
  try {
    await resume(new Qmp(process.socket(qmpFd), options.answerLimitMs));
  } catch (error) {
    // What was started goes when it does not get under way.
    process.kill();
    await process.gone;
    transport.close();
    throw error;
  }
  return { process, transport, folder, console, options, failure };
}

/** What the guest's driver finds on the PCI bus. */
function pciFunction(
  kind: InterfaceKind,
  port: RegisterPort,
  mailbox: Mailbox,
  pin: 0 | 1,
): PciFunction {
  switch (kind) {
    case "kcs":
    case "smic":
    case "bt":
      return new IpmiFunction(port, mailbox, { kind, pin });
    case "ssif":
      return new SmbusFunction(port, mailbox);
  }
}
