import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BmcKernel } from "../../kernels/bmc-kernel.ts";
import { runTool } from "../../programs/tool.ts";
import type { Qmp } from "../qemu/qmp.ts";
import { keepSnapshot, loadingFrom, saveState } from "../snapshots.ts";

/** Changes when the machine's make-up does in a way that its parts do not show. */
const FORMAT = 1;

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
export async function saveSnapshot(qmp: Qmp, path: string): Promise<void> {
  await keepSnapshot(path, async (saved) => {
    qmp.execute("stop");
    await saveState(qmp, saved);
  });
  qmp.execute("cont");
}

/** QEMU's arguments to begin with a state that was kept; none when it is not there. */
export function incoming(path: string | undefined): readonly string[] {
  return path !== undefined && existsSync(path) ? ["-incoming", loadingFrom(path)] : [];
}

function folderOf({ folder }: BmcKernel): string {
  return join(folder, "snapshots");
}

function hash(of: Uint8Array | string): string {
  return createHash("sha256").update(of).digest("hex");
}
