import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Kernel } from "../../kernels/cache.ts";
import { SeatError } from "../../programs/errors.ts";
import { TemporaryFolder } from "../../programs/life.ts";
import type { Qemu } from "../../programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../programs/qemu-process.ts";
import { shellWord } from "../../programs/shell-word.ts";
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
const LOAD_LIMIT_MS = 60_000;
const POLL_MS = 5;
const SAVE_LIMIT_MS = 30_000;
/** Snapshots of one kernel that are kept: of several QEMUs, and of both kinds of time. */
const SNAPSHOTS_MAX = 4;
/** Changes when the machine's make-up does, so that old snapshots are not used. */
const FORMAT = 3;

const status = z.object({ status: z.string() });

/**
 * The state of a booted guest without our device, which is made when it is not there yet. It lies
 * in the kernel's folder and goes with it.
 */
export async function snapshotFor(source: SnapshotSource): Promise<string> {
  const folder = join(source.kernel.folder, "snapshots");
  const path = join(folder, `${snapshotKey(source)}.state`);
  if (existsSync(path)) return path;
  const work = new TemporaryFolder(folder, ".saving-");
  try {
    const saved = join(work.path, basename(path));
    await bootAndSave(source, saved);
    renameSync(saved, path);
    dropOldest(folder);
    return path;
  } finally {
    work.kill();
  }
}

function dropOldest(folder: string): void {
  const states = readdirSync(folder)
    .filter((name) => name.endsWith(".state"))
    .map((name) => ({ path: join(folder, name), age: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.age - a.age);
  for (const { path } of states.slice(SNAPSHOTS_MAX)) rmSync(path, { force: true });
}

/** The shell command that hands a snapshot to QEMU. */
export function incomingFrom(path: string): string {
  return `cat ${shellWord(path)}`;
}

/** Waits until the state is loaded, and lets the guest run. */
export async function resume(qmp: Qmp): Promise<void> {
  await qmp.open();
  await until("query-status", qmp, (state) => state !== "inmigrate", LOAD_LIMIT_MS);
  await qmp.execute("cont");
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
    await qmp.execute("migrate", { uri: `exec:cat > ${shellWord(path)}` });
    await until("query-migrate", qmp, saved, SAVE_LIMIT_MS);
  } finally {
    process.kill();
    await process.gone;
  }
}

function saved(state: string): boolean {
  if (state === "failed") throw new SeatError("QEMU_FAILED", "the guest's state was not saved");
  return state === "completed";
}

async function until(
  command: "query-status" | "query-migrate",
  qmp: Qmp,
  reached: (state: string) => boolean,
  limitMs: number,
): Promise<void> {
  for (const sinceMs = performance.now(); performance.now() - sinceMs < limitMs; ) {
    const parsed = status.safeParse(await qmp.execute(command));
    if (parsed.success && reached(parsed.data.status)) return;
    await pause(POLL_MS);
  }
  throw new SeatError("QEMU_FAILED", `${command}: no end after ${limitMs} ms`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
