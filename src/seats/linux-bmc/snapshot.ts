import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { BmcKernel } from "../../kernels/bmc-kernel.ts";
import { SeatError } from "../../programs/errors.ts";
import { TemporaryFolder } from "../../programs/life.ts";
import { shellWord } from "../../programs/shell-word.ts";
import { runTool } from "../../programs/tool.ts";
import type { Qmp } from "../qemu/qmp.ts";

/** Changes when the machine's make-up does in a way that its parts do not show. */
const FORMAT = 1;
/** Snapshots of one kernel that are kept: of several QEMUs. */
const SNAPSHOTS_MAX = 3;
const POLL_MS = 5;
const LIMIT_MS = 60_000;

const status = z.object({ status: z.string() });

/** What a guest is made from, and so what its state is good for. */
export interface SnapshotParts {
  readonly kernel: BmcKernel;
  readonly program: string;
  readonly deviceTree: Uint8Array;
  readonly initrd: Uint8Array;
  readonly machine: readonly string[];
}

/** Where the state of a booted guest of these parts is kept, with the kernel, and goes with it. */
export async function snapshotPath(parts: SnapshotParts): Promise<string> {
  const { kernel, program, deviceTree, initrd, machine } = parts;
  const version = (await runTool(program, ["--version"])).stdout.toString();
  const { sha256 } = kernel.manifest.image;
  const facts = [FORMAT, version, sha256, hash(deviceTree), hash(initrd), machine];
  return join(folderOf(kernel), `${hash(JSON.stringify(facts)).slice(0, 32)}.state`);
}

/** Stops the guest, keeps its state, and lets it go on. */
export async function saveSnapshot(qmp: Qmp, kernel: BmcKernel, path: string): Promise<void> {
  const folder = folderOf(kernel);
  const work = new TemporaryFolder(folder, ".saving-");
  try {
    const saved = join(work.path, "state");
    qmp.execute("stop");
    qmp.execute("migrate", { uri: `exec:cat > ${shellWord(saved)}` });
    await until(qmp, "query-migrate", (state) => {
      if (state === "failed") throw new SeatError("QEMU_FAILED", "the guest's state was not saved");
      return state === "completed";
    });
    renameSync(saved, path);
    dropOldest(folder);
    qmp.execute("cont");
  } finally {
    work.kill();
  }
}

/** QEMU's arguments to begin with a state that was kept; none when it is not there. */
export function incoming(path: string | undefined): readonly string[] {
  return path !== undefined && existsSync(path) ? ["-incoming", `exec:cat ${shellWord(path)}`] : [];
}

/** Waits until the state is loaded, and lets the guest go on. */
export async function resume(qmp: Qmp): Promise<void> {
  await until(qmp, "query-status", (state) => state !== "inmigrate");
  qmp.execute("cont");
}

async function until(
  qmp: Qmp,
  command: "query-migrate" | "query-status",
  reached: (state: string) => boolean,
): Promise<void> {
  for (const sinceMs = performance.now(); performance.now() - sinceMs < LIMIT_MS; ) {
    const parsed = status.safeParse(qmp.execute(command));
    if (parsed.success && reached(parsed.data.status)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new SeatError("QEMU_FAILED", `${command}: no end after ${LIMIT_MS} ms`);
}

function dropOldest(folder: string): void {
  const states = readdirSync(folder)
    .filter((name) => name.endsWith(".state"))
    .map((name) => ({ path: join(folder, name), age: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.age - a.age);
  for (const { path } of states.slice(SNAPSHOTS_MAX)) rmSync(path, { force: true });
}

function folderOf({ folder }: BmcKernel): string {
  return join(folder, "snapshots");
}

function hash(of: Uint8Array | string): string {
  return createHash("sha256").update(of).digest("hex");
}
