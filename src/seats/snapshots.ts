import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { SeatError } from "../programs/errors.ts";
import { TemporaryFolder } from "../programs/life.ts";
import { shellWord } from "../programs/shell-word.ts";

/** QEMU's monitor, which answers at once or later. */
export interface Monitor {
  execute(command: string, args?: Readonly<Record<string, unknown>>): unknown;
}

/** Snapshots in a folder that are kept: of several QEMUs, and of both kinds of time. */
const SNAPSHOTS_MAX = 4;
const POLL_MS = 5;
const LIMIT_MS = 60_000;

const status = z.object({ status: z.string() });

/** Has a snapshot written, and keeps it under that path when it is whole; the oldest of too many go. */
export async function keepSnapshot(
  path: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const work = new TemporaryFolder(folder, ".saving-");
  try {
    const saved = join(work.path, basename(path));
    await write(saved);
    renameSync(saved, path);
    dropOldest(folder);
  } finally {
    work.kill();
  }
}

/** Writes the state of a guest that stands still. */
export async function saveState(monitor: Monitor, path: string): Promise<void> {
  await monitor.execute("migrate", { uri: `exec:cat > ${shellWord(path)}` });
  await until(monitor, "query-migrate", (state) => {
    if (state === "failed") throw new SeatError("QEMU_FAILED", "the guest's state was not saved");
    return state === "completed";
  });
}

/** From where QEMU is to load a snapshot. */
export function loadingFrom(path: string): string {
  return `exec:cat ${shellWord(path)}`;
}

/** Waits until the state is loaded, and lets the guest go on. */
export async function resume(monitor: Monitor): Promise<void> {
  await until(monitor, "query-status", (state) => state !== "inmigrate");
  await monitor.execute("cont");
}

async function until(
  monitor: Monitor,
  command: "query-migrate" | "query-status",
  reached: (state: string) => boolean,
): Promise<void> {
  for (const sinceMs = performance.now(); performance.now() - sinceMs < LIMIT_MS; ) {
    const parsed = status.safeParse(await monitor.execute(command));
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
