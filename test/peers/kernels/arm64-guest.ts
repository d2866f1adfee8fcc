import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  readDeviceTree,
  type TreeNode,
  textValue,
  writeDeviceTree,
} from "../../../src/kernels/device-tree.ts";
import { cacheFolder } from "../../../src/kernels/store.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";
import { unpackOnce } from "../unpack.ts";
import { runStagedGuest, type StagedGuest } from "./staged-guest.ts";

const QEMU = "qemu-system-aarch64";
const BOARD = ["-cpu", "cortex-a53", "-machine"];
const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"];
const CELL_BYTES = 4;

/** Has the distribution's kernel for arm64 in the cache. */
export function unpackArm64(): void {
  unpackOnce("unpack-guest.sh", folder(), "arm64", "linux-image-arm64");
}

/** A node as it is written down: its properties are texts, or numbers of 32 bits. */
export function treeNode(
  name: string,
  properties: Readonly<Record<string, string | readonly number[]>>,
  ...children: readonly TreeNode[]
): TreeNode {
  const values = Object.entries(properties).map(([key, value]) => {
    return [key, typeof value === "string" ? textValue(value) : cellsValue(value)] as const;
  });
  return { name, properties: new Map(values), children: [...children] };
}

/** Boots QEMU's board with these nodes beside its own. */
export function runTreeGuest({
  nodes,
  stages,
}: Pick<StagedGuest, "stages"> & { readonly nodes: readonly TreeNode[] }) {
  return runStagedGuest({
    qemu: QEMU,
    kernel: join(folder(), "vmlinuz"),
    drivers: DRIVERS.map((name): CpioMember => {
      const data = readFileSync(join(folder(), `${name}.ko`));
      return { path: `modules/${name}.ko`, kind: "file", data };
    }),
    shell: readFileSync(join(folder(), "busybox")),
    line: "ttyAMA0",
    commandLine: ["console=ttyAMA0", "quiet", "loglevel=0", "panic=-1", "cryptomgr.notests"],
    options: (put, told) => [
      ...[...BOARD, "virt", "-serial", `file:${told}`, "-dtb", put("tree", boardTree(nodes))],
    ],
    stages,
  });
}

function folder(): string {
  return join(cacheFolder(), "arm64");
}

/** The tree that QEMU makes of its board, and these nodes under its root. */
function boardTree(nodes: readonly TreeNode[]): Uint8Array {
  const work = new TemporaryFolder(tmpdir(), "baseboard-tree-");
  try {
    const path = join(work.path, "board");
    execFileSync(QEMU, [...BOARD, `virt,dumpdtb=${path}`], { stdio: "ignore" });
    const tree = readDeviceTree(readFileSync(path), path);
    tree.root.children.push(...nodes);
    return writeDeviceTree(tree);
  } finally {
    work.kill();
  }
}

function cellsValue(cells: readonly number[]): Uint8Array {
  const value = Buffer.alloc(cells.length * CELL_BYTES);
  for (const [index, cell] of cells.entries()) value.writeUInt32BE(cell, index * CELL_BYTES);
  return Uint8Array.from(value);
}
