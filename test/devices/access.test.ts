import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MappedFile, PortFile } from "../../src/devices/access.ts";
import type { Libc } from "../../src/devices/libc.ts";
import type { AccessWidth } from "../../src/wire/location.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-access-"));
  path = join(folder, "registers");
  writeFileSync(path, new Uint8Array(0x40));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Memory that any file gives, and what was asked for. */
class Memory implements Libc {
  readonly bytes = new ArrayBuffer(0x2000);
  asked: readonly number[] = [];
  ioctl = () => "ENOTTY";
  addressOf = () => 0n;
  readable = () => Promise.resolve(false);

  map(_fd: number, offset: number, bytes: number): ArrayBuffer {
    this.asked = [offset, bytes];
    return this.bytes;
  }
}

test.each([8, 32] as const)("each access of a port is one of %i bits", (width) => {
  const port = new PortFile({ path, base: 0x10, spacing: 4, width });
  port.write(1, 0xa5);
  expect(port.read(1)).toBe(0xa5);
  port.close();
  expect([...readFileSync(path).subarray(0x12, 0x19)]).toEqual([0, 0, 0xa5, 0, 0, 0, 0]);
});

test.each([8, 16, 32, 64] as const)(
  "registers of %i bits in memory lie where they are said to",
  (width) => {
    const memory = new Memory();
    const port = new MappedFile({ path, base: 0x5010, spacing: 16, width }, 0x18, memory);
    port.write(1, 0x5a);
    expect(memory.asked).toEqual([0x5000, 0x1000]);
    expect(new Uint8Array(memory.bytes)[0x20]).toBe(0x5a);
    expect(port.read(1)).toBe(0x5a);
  },
);

test.each<[AccessWidth, number, number]>([
  [32, 0x5002, 4],
  [16, 0x5000, 3],
])("registers of %i bits at odd places are refused", (width, base, spacing) => {
  const open = () => new MappedFile({ path, base, spacing, width }, 8, new Memory());
  expect(open).toThrow(`lie at multiples of ${width / 8} bytes`);
});
