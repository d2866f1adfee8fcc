import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

export const RELEASE = "9.9.1-test";

interface ElfOptions {
  readonly machine?: number;
  readonly pvh?: boolean;
  /** Drivers that are part of the image, of which it has the parameters' names. */
  readonly drivers?: readonly string[];
}

/** An ELF-64 file with one segment of notes: a stranger's, and PVH's when it was asked for. */
export function fakeElf({ machine = 62, pvh = true, drivers = [] }: ElfOptions = {}): Buffer {
  const note = (name: string, type: number) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(name.length, 0);
    head.writeUInt32LE(5, 4);
    head.writeUInt32LE(type, 8);
    const padded = Buffer.alloc(Math.ceil(name.length / 4) * 4, `${name}\0\0\0\0`);
    return Buffer.concat([head, padded, Buffer.alloc(8, 0xee)]);
  };
  const notes = Buffer.concat([note("Linux\0", 18), note("Xen\0", pvh ? 18 : 5)]);
  const head = Buffer.alloc(64 + 56);
  head.write("7f454c460201", 0, "hex");
  head.writeUInt16LE(machine, 18);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(4, 64);
  head.writeBigUInt64LE(BigInt(head.length), 64 + 8);
  head.writeBigUInt64LE(BigInt(notes.length), 64 + 32);
  const names = drivers.map((driver) => Buffer.from(`\0${driver}.some_parameter\0`));
  return Buffer.concat([head, notes, ...names]);
}

/** A bzImage as far as its header goes, round a payload that is compressed already. */
export function fakeImage(payload: Uint8Array = gzipSync(fakeElf())): Buffer {
  const setup = Buffer.alloc(2 * 512);
  setup.writeUInt8(1, 0x1f1);
  setup.write("HdrS", 0x202, "latin1");
  setup.writeUInt16LE(0x100, 0x20e);
  setup.writeUInt32LE(0, 0x248);
  setup.writeUInt32LE(payload.length, 0x24c);
  setup.write(`${RELEASE} (someone@somewhere) #1`, 0x300, "latin1");
  return Buffer.concat([setup, payload, Buffer.from("what follows the payload")]);
}

/** A module as far as its texts go. */
export function fakeModule(depends: readonly string[], release = RELEASE): Buffer {
  const texts = [
    "license=GPL",
    `depends=${depends.join(",")}`,
    `vermagic=${release} SMP mod_unload`,
  ];
  const elf = Buffer.from("7f454c46020101", "hex");
  return Buffer.concat([elf, ...texts.map((text) => Buffer.from(`\0${text}`)), Buffer.of(0)]);
}

/** Modules and the ones they need; `lib_z` hides behind a dash, as some of Linux's do. */
export const MODULES: Readonly<Record<string, Buffer>> = {
  "drivers/ipmi_si.ko": fakeModule(["ipmi_msghandler", "lib_z"]),
  "drivers/ipmi_msghandler.ko": fakeModule([]),
  "drivers/ipmi_devintf.ko.gz": gzipSync(fakeModule(["ipmi_msghandler"])),
  "drivers/ipmi_watchdog.ko": fakeModule(["ipmi_msghandler"]),
  "lib/lib-z.ko": fakeModule([]),
  "other/unwanted.ko": fakeModule([]),
};

/** Writes files into a folder and says `path:IMAGE,MODULES`. */
export function writeKernel(
  folder: string,
  files: Readonly<Record<string, Uint8Array>> = MODULES,
  image: Uint8Array = fakeImage(),
): string {
  const tree = join(folder, "tree");
  mkdirSync(tree, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), bytes);
  }
  writeFileSync(join(folder, "image"), image);
  return `path:${join(folder, "image")},${tree}`;
}
