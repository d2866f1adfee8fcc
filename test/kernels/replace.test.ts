import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { addKernel } from "../../src/kernels/add.ts";
import type { Kernel } from "../../src/kernels/cache.ts";
import { withModules } from "../../src/kernels/replace.ts";
import { buildInitrd } from "../../src/seats/linux/initrd.ts";
import { fakeModule, writeKernel } from "./fake-kernel.ts";
import { ownCache } from "./own-cache.ts";

const own = ownCache();

let kernel: Kernel;

beforeEach(async () => {
  kernel = await addKernel(writeKernel(own.folder));
});

/** A module's file, with a mark by which it is known again. */
function moduleAt(name: string, bytes: Uint8Array): string {
  const path = join(own.folder, name);
  writeFileSync(path, bytes);
  return path;
}

const MARK = Buffer.from("\0mine");
const mine = () => Buffer.concat([fakeModule(["ipmi_msghandler"]), MARK]);

test("a module of one's own is in the guest, and the cache stays as it is", async () => {
  const path = moduleAt("ipmi-si.ko.gz", gzipSync(mine()));
  const changed = await withModules(kernel, [{ name: "ipmi-si", path }]);
  expect(changed.replaced).toMatchObject([
    { name: "ipmi_si", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  const loader = new Uint8Array(0);
  expect(Buffer.from(buildInitrd(changed, loader)).includes(MARK)).toBe(true);
  expect(Buffer.from(buildInitrd(kernel, loader)).includes(MARK)).toBe(false);
});

test.each([
  ["ipmi_si", fakeModule([], "9.9.2-other"), /is for 9\.9\.2-other, the kernel is 9\.9\.1-test/],
  ["ipmi_si", Buffer.from("\x1f\x8bno module at all", "latin1"), /damaged/],
  ["ipmi_sj", mine(), /has no module ipmi_sj/],
  ["ipmi_si", Buffer.concat([mine(), Buffer.from("\0name=ipmi_devintf\0")]), /is the module ipmi_/],
])("refused as %s", async (name, bytes, text) => {
  const path = moduleAt("given.ko", bytes);
  await expect(withModules(kernel, [{ name, path }])).rejects.toThrow(text);
});

test("a module that is not there, or given twice, is refused", async () => {
  const path = moduleAt("given.ko", mine());
  const given = { name: "ipmi_si", path };
  await expect(withModules(kernel, [given, given])).rejects.toThrow("twice");
  const absent = { name: "ipmi_si", path: join(own.folder, "absent.ko") };
  await expect(withModules(kernel, [absent])).rejects.toThrow(/there is no .*absent\.ko/);
});
