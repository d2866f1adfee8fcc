import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Kernel } from "../../kernels/cache.ts";
import type { Qemu } from "../../programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../programs/qemu-process.ts";
import { keepSnapshot, saveState } from "../snapshots.ts";
import { qemuArguments } from "./command-line.ts";
import { Qmp } from "./qmp.ts";

/** What a snapshot is made from, and so what it is good for. */
export interface SnapshotSource {
  readonly qemu: Qemu;
  readonly kernel: Kernel;
  readonly kernelPath: string;
  readonly initrd: Uint8Array;
  readonly initrdPath: string;
  readonly kernelArguments: readonly string[];
  readonly qboot: boolean;
  readonly realTime: boolean;
}

/** What QEMU says when the machine stands still. */
const STOPPED = "STOP";
/** Seconds on an idle machine; each idle moment of the guest waits for a turn of QEMU's threads. */
const BOOT_LIMIT_MS = 300_000;
/** Changes when the machine's make-up does, so that old snapshots are not used. */
const FORMAT = 3;

/**
 * The state of a booted guest without our device, which is made when it is not there yet. It lies
 * in the kernel's folder and goes with it.
 */
export async function snapshotFor(source: SnapshotSource): Promise<string> {
  const folder = join(source.kernel.folder, "snapshots");
  const path = join(folder, `${snapshotKey(source)}.state`);
  if (existsSync(path)) return path;
  await keepSnapshot(path, (saved) => bootAndSave(source, saved));
  return path;
}

function snapshotKey(source: SnapshotSource): string {
  const initrd = createHash("sha256").update(source.initrd).digest("hex");
  const args = qemuArguments({ ...source, ...SAVING, kernelPath: "", initrdPath: "" });
  const { sha256 } = source.kernel.manifest.elf;
  const facts = JSON.stringify([FORMAT, source.qemu.version, sha256, initrd, args]);
  return createHash("sha256").update(facts).digest("hex").slice(0, 32);
}

const SAVING = {
  consolePath: "",
  qmpFd: 3,
  qtestFd: undefined,
  devices: [],
  incoming: undefined,
  inTurns: false,
  stopsWaiting: true,
} as const;

async function bootAndSave(source: SnapshotSource, path: string): Promise<void> {
  const sockets = new SocketNumbers();
  const setup = { ...SAVING, consolePath: `${path}.console`, qmpFd: sockets.take() };
  const args = qemuArguments({ ...source, ...setup });
  const process = await QemuProcess.start(source.qemu, args, sockets.count);
  try {
    const qmp = new Qmp(process.socket(setup.qmpFd));
    const stopped = qmp.event(STOPPED, BOOT_LIMIT_MS);
    await qmp.open();
    // Who asks QEMU again and again disturbs its clock: it is told.
    await stopped;
    await saveState(qmp, path);
  } finally {
    process.kill();
    await process.gone;
  }
}
