import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { addKernel } from "../../src/kernels/add.ts";
import { listKernels } from "../../src/kernels/cache.ts";
import { servesSsif } from "../../src/kernels/modules.ts";
import { withModules } from "../../src/kernels/replace.ts";
import { fakeElf, fakeImage, fakeModule, MODULES, writeKernel } from "./fake-kernel.ts";
import { ownCache } from "./own-cache.ts";

const own = ownCache();

const ALL = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog"];
const SSIF = ["i2c_i801", "ipmi_ssif"];

/** What a build writes: a path for each, and those of others between them. */
function list(names: readonly string[]): Buffer {
  const paths = names.map((name) => `kernel/drivers/char/ipmi/${name}.ko`);
  return Buffer.from(`${["kernel/fs/ext4/ext4.ko", ...paths, ""].join("\n")}`);
}

function imageWith(drivers: readonly string[]): Buffer {
  return fakeImage(gzipSync(fakeElf({ drivers })));
}

test("a kernel with all of them built in needs no module, and says what it has", async () => {
  const files = { "build/modules.builtin": list(ALL) };
  const kernel = await addKernel(writeKernel(own.folder, files, imageWith(ALL)));
  expect(kernel.manifest.modules).toEqual([]);
  expect(kernel.manifest.builtIn).toEqual(ALL);
  expect(servesSsif(kernel.manifest)).toBe(false);
  expect(listKernels()).toEqual([kernel]);
});

test("some can be built in, and others modules; a module's name may be written with dashes", async () => {
  const inImage = ["ipmi_msghandler", "i2c_i801"];
  const files = {
    ...MODULES,
    "modules.builtin": list(["ipmi_msghandler", "i2c-i801", "lib-z"]),
    "ipmi/ipmi_ssif.ko": fakeModule(["ipmi_msghandler"]),
  };
  const { manifest } = await addKernel(writeKernel(own.folder, files, imageWith(inImage)));
  expect(manifest.builtIn).toEqual(inImage);
  const names = manifest.modules.map(({ name }) => name);
  expect(names).toEqual(["ipmi_devintf", "ipmi_si", "ipmi_watchdog", "ipmi_ssif"]);
  expect(servesSsif(manifest)).toBe(true);
});

test("SSIF is served when its drivers are built in, too", async () => {
  const all = [...ALL, ...SSIF];
  const files = { "modules.builtin": list(all) };
  const { manifest } = await addKernel(writeKernel(own.folder, files, imageWith(all)));
  expect(manifest.builtIn).toEqual(all);
  expect(servesSsif(manifest)).toBe(true);
});

test.each([
  ["another build's list", { "modules.builtin": list(ALL) }, "the image has no such driver"],
  ["no list at all", {}, "no ipmi_msghandler.ko and no modules.builtin with it"],
  [
    "a list without one of them",
    { "modules.builtin": list(ALL.slice(0, 3)) },
    "needs ipmi_watchdog",
  ],
])("refused with one line: %s", async (_what, files, text) => {
  const inImage = text.startsWith("the image") ? ALL.slice(0, 2) : ALL;
  const spec = writeKernel(own.folder, files, imageWith(inImage));
  await expect(addKernel(spec)).rejects.toThrow(text);
});

test("an image alone is not enough, and what is missing is said", async () => {
  const [image = ""] = writeKernel(own.folder, {}).split(",");
  await expect(addKernel(image)).rejects.toMatchObject({
    code: "BAD_KERNEL_SPEC",
    remedy: expect.stringContaining("modules.builtin"),
  });
});

test("no file takes the place of a driver that is built in", async () => {
  const files = { "modules.builtin": list(ALL) };
  const kernel = await addKernel(writeKernel(own.folder, files, imageWith(ALL)));
  const mine = { name: "ipmi_si", path: join(own.folder, "ipmi_si.ko") };
  await expect(withModules(kernel, [mine])).rejects.toThrow("ipmi_si is built into");
});

// Goal: what was kept before kernels could have them built in is read as what it is.
test("a manifest that does not speak of them has none", async () => {
  const kernel = await addKernel(writeKernel(own.folder));
  const path = join(kernel.folder, "kernel.json");
  const { builtIn, ...before } = kernel.manifest;
  expect(builtIn).toEqual([]);
  writeFileSync(path, JSON.stringify(before));
  expect(listKernels()).toEqual([kernel]);
});
