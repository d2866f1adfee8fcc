import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOADER_SLEEPS_US, loaderElf } from "../../guest/loader.ts";
import { kernelFile } from "../../kernels/cache.ts";
import { errorText, SeatError } from "../../programs/errors.ts";
import type { TemporaryFolder } from "../../programs/life.ts";
import { type Qemu, transportOf } from "../../programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../programs/qemu-process.ts";
import type { InterfaceKind } from "../../wire/interface.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { loadingFrom, resume } from "../snapshots.ts";
import { qemuArguments } from "./command-line.ts";
import { ConsoleFile } from "./console-file.ts";
import { IpmiFunction } from "./device.ts";
import { buildInitrd } from "./initrd.ts";
import { InterruptLine } from "./interrupt-line.ts";
import { Mailbox } from "./mailbox.ts";
import type { LinuxHostOptions, MachineWires } from "./options.ts";
import { PlacedRegisters } from "./placed-registers.ts";
import { Qmp } from "./qmp.ts";
import { SmbusFunction } from "./smbus-device.ts";
import { type SnapshotSource, snapshotFor } from "./snapshot.ts";
import type { PciFunction, PciTransport } from "./transport/pci.ts";
import { ProxyTransport } from "./transport/proxy-transport.ts";
import { VfioUserTransport } from "./transport/vfio-user-transport.ts";
import { UnknownUntil } from "./unknown-until.ts";

/** What belongs to one running guest. */
export interface RunningGuest {
  readonly process: QemuProcess;
  readonly transports: readonly PciTransport[];
  readonly folder: TemporaryFolder;
  /** What the guest writes to its serial ports. */
  readonly outputs: readonly ConsoleFile[];
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
  const { witness } = options;
  const looksTwice = witness !== undefined || options.kernel.manifest.builtIn.length > 0;
  const initrd = buildInitrd(options.kernel, loaderElf({ looksTwice }), witness);
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
    // The firmware that has records to tell of is the other one.
    qboot: elf.pvh && qemu.qboot && options.machine.described === undefined,
    realTime: options.realTime ?? false,
  };
  const notes = qemu.qboot ? [] : ["QEMU has no qboot.rom: the guest starts later"];
  // A guest that was kept has read its firmware.
  if (options.snapshot === true && options.machine.described === undefined) {
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
  const { paths, outputs } = guestFiles(folder, options);
  // A guest from a snapshot has slept once for the snapshot's sake: that is no time of the match.
  const sleptUs = snapshot === undefined ? 0 : LOADER_SLEEPS_US;
  const mailbox = new Mailbox(options.program, {
    report: (byte) => machine.report(byte),
    tick: (guestUs) => {
      for (const output of outputs) output.read();
      machine.tick(guestUs - sleptUs);
    },
    panics: () => machine.panics?.() === true,
  });
  const sockets = new SocketNumbers();
  const served = pciFunctions(machine, mailbox, interrupt === "poll" ? 0 : 1).map(
    (target, index) => {
      const own = index === 0 ? folder.path : join(folder.path, String(index));
      mkdirSync(own, { recursive: true });
      const transport =
        transportOf(boot.qemu) === "vfio-user-pci"
          ? new VfioUserTransport(target, own, raise)
          : new ProxyTransport(target, raise);
      return { transport, fd: transport.inherits ? sockets.take() : 0 };
    },
  );
  const transports = served.map(({ transport }) => transport);
  const qtestFd = interrupt === "irq" ? sockets.take() : undefined;
  const qmpFd = snapshot === undefined ? undefined : sockets.take();
  const devices = served.map(({ transport, fd }) => transport.device(fd));
  const incoming = snapshot === undefined ? undefined : loadingFrom(snapshot);
  const setup = { ...boot, ...paths, qmpFd, qtestFd, devices, incoming, ...mannersOf(options) };
  for (const transport of transports) await transport.open();
  folder.check();
  const process = await QemuProcess.start(boot.qemu, qemuArguments(setup), sockets.count);
  for (const { transport, fd } of served) {
    if (transport.inherits) transport.connect(process.socket(fd));
  }
  if (qtestFd !== undefined) {
    const line = new InterruptLine(process.socket(qtestFd));
    machine.onLine?.((level) => line.set(level));
  }
  const guest = { process, transports, folder, outputs, options, failure };
  if (qmpFd === undefined) return guest;
  try {
    const qmp = new Qmp(process.socket(qmpFd), options.answerLimitMs);
    await qmp.open();
    await resume(qmp);
  } catch (error) {
    // What was started goes when it does not get under way.
    process.kill();
    await process.gone;
    for (const transport of transports) transport.close();
    throw error;
  }
  return guest;
}

/** How a guest that plays is held, in place of one whose state is saved. */
function mannersOf({ mayPanic }: LinuxHostOptions) {
  return { inTurns: mayPanic !== true, stopsWaiting: false };
}

/** Two zero bytes end a structure that has no strings. @see SMBIOS 3.0 §6.1.3 */
const NO_STRINGS = [0, 0] as const;

function recordFiles(folder: TemporaryFolder, { described }: MachineWires): readonly string[] {
  const records = described?.smbios ?? [];
  return records.map((record, index) => {
    const path = join(folder.path, `smbios-${index}`);
    writeFileSync(path, Uint8Array.of(...record, ...NO_STRINGS));
    return path;
  });
}

/** The files with the guest's records, those that take what it writes to its serial ports, and who reads them. */
function guestFiles(folder: TemporaryFolder, { machine, witness }: LinuxHostOptions) {
  const smbiosPaths = recordFiles(folder, machine);
  const consolePath = join(folder.path, "console");
  const outputs = [new ConsoleFile(consolePath, (line) => machine.console(line))];
  if (witness === undefined) return { paths: { consolePath, smbiosPaths }, outputs };
  const witnessPath = join(folder.path, "witness");
  outputs.push(new ConsoleFile(witnessPath, (line) => witness.line(line)));
  return { paths: { consolePath, witnessPath, smbiosPaths }, outputs };
}

/** Registers that are somewhere else. */
const NOBODY: RegisterPort = { read: () => 0xff, write: () => {} };

/** What the guest has on its PCI bus: the interface with the mailbox behind it, and perhaps another. */
function pciFunctions(machine: MachineWires, mailbox: Mailbox, pin: 0 | 1): readonly PciFunction[] {
  const { kind = "kcs", port, second, described } = machine;
  if (described !== undefined) {
    const agent = new IpmiFunction(NOBODY, mailbox, { kind: described.place.kind, pin: 0 });
    return [new UnknownUntil(agent, () => false), new PlacedRegisters(described.place, port)];
  }
  const known = () => machine.known?.() !== false;
  const functions = [pciFunction(kind, port, mailbox, pin)];
  if (second !== undefined) {
    functions.push(new IpmiFunction(second.port, undefined, { kind: second.kind, pin }));
  }
  return functions.map((each) => new UnknownUntil(each, known));
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
