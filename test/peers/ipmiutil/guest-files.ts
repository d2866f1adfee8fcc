import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { runToolOk } from "../../../src/programs/tool.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";

export const PROGRAM = "/usr/bin/ipmiutil";

/** What it opens: the console, physical memory for the firmware's tables, I/O space. */
const DEVICES = [
  { path: "dev/console", kind: "device", major: 5, minor: 1 },
  { path: "dev/mem", kind: "device", major: 1, minor: 1 },
  { path: "dev/port", kind: "device", major: 1, minor: 4 },
] as const;
const FOLDERS = ["dev", "tmp", "var", "var/lib", "var/lib/ipmiutil"];

/** ipmiutil with its libraries, as this machine has them, and the devices that it opens. */
export async function members(): Promise<readonly CpioMember[]> {
  if (!existsSync(PROGRAM)) {
    throw new Error("there is no ipmiutil here; on Debian: apt-get install ipmiutil");
  }
  const linked = (await runToolOk("ldd", [PROGRAM])).stdout.toString();
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  const files = [PROGRAM, ...libraries];
  const folders = new Set([...FOLDERS, ...files.flatMap((file) => foldersAbove(file))]);
  return [
    ...[...folders].sort().map((path) => ({ path, kind: "folder" }) as const),
    ...DEVICES,
    ...files.map((file) => {
      return { path: file.slice(1), kind: "file", data: readFileSync(file) } as const;
    }),
  ];
}

/** From the root down, without the first slash. */
function foldersAbove(file: string): readonly string[] {
  const found: string[] = [];
  for (let folder = dirname(file); folder !== "/"; folder = dirname(folder)) {
    found.unshift(folder.slice(1));
  }
  return found;
}

/**
 * The table in which firmware says where its KCS registers are. Bit 0 of the address stands for I/O
 * space; the two zeros at the end are the empty set of texts. @see SMBIOS 2.7 §7.39, type 38
 */
export function ipmiDeviceInformation(base: number): Uint8Array {
  const table = new DataView(new ArrayBuffer(20));
  const fields = { type: 38, length: 18, kcs: 1, ipmi20: 0x20, address: 0x20, noStorage: 0xff };
  table.setUint8(0, fields.type);
  table.setUint8(1, fields.length);
  table.setUint16(2, 0x3800, true);
  table.setUint8(4, fields.kcs);
  table.setUint8(5, fields.ipmi20);
  table.setUint8(6, fields.address);
  table.setUint8(7, fields.noStorage);
  table.setBigUint64(8, BigInt(base + 1), true);
  return new Uint8Array(table.buffer);
}
