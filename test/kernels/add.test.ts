import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { addKernel } from "../../src/kernels/add.ts";
import {
  findKernel,
  kernelFile,
  kernelsFolder,
  kernelTitle,
  listKernels,
  publishKernel,
  removeKernel,
} from "../../src/kernels/cache.ts";
import { stopAll } from "../../src/programs/life.ts";
import { fakeElf, fakeImage, fakeModule, MODULES, RELEASE, writeKernel } from "./fake-kernel.ts";
import { ownCache } from "./own-cache.ts";

const own = ownCache();

const { "lib/lib-z.ko": _library, ...WITHOUT_LIBRARY } = MODULES;

function failsWith(code: string, text: string) {
  return expect.objectContaining({ code, message: expect.stringContaining(text) });
}

test("a user's kernel is kept decompressed, with its drivers in loading order", async () => {
  const kernel = await addKernel(writeKernel(own.folder));
  expect(kernel.name).toBe(RELEASE);
  expect(kernel.manifest).toMatchObject({ version: "9.9.1", release: RELEASE, packages: [] });
  expect(kernel.manifest.elf.pvh).toBe(true);
  expect(kernel.manifest.modules.map((module) => module.name)).toEqual([
    "ipmi_msghandler",
    "ipmi_devintf",
    "lib_z",
    "ipmi_si",
    "ipmi_watchdog",
  ]);
  expect(readFileSync(kernelFile(kernel, kernel.manifest.elf))).toEqual(fakeElf());
  for (const module of kernel.manifest.modules) {
    expect(readFileSync(kernelFile(kernel, module)).toString("hex", 0, 4)).toBe("7f454c46");
  }
  expect(listKernels()).toEqual([kernel]);
});

// Goal: a kernel that can drive SSIF keeps what that takes, one that cannot is none the worse.
test("the drivers for SSIF are kept where all of them are, with what they need", async () => {
  const bus = {
    "i2c/i2c-i801.ko": fakeModule(["i2c-smbus"]),
    "i2c/i2c-smbus.ko": fakeModule([]),
  };
  const ssif = { "ipmi/ipmi_ssif.ko": fakeModule(["ipmi_msghandler"]) };
  const names = async (modules: typeof MODULES) => {
    return (await addKernel(writeKernel(own.folder, modules))).manifest.modules.map(
      ({ name }) => name,
    );
  };
  const plain = await names(MODULES);
  expect(await names({ ...MODULES, ...ssif })).toEqual(plain);
  expect(await names({ ...MODULES, ...bus, ...ssif })).toEqual([
    ...plain,
    "i2c_smbus",
    "i2c_i801",
    "ipmi_ssif",
  ]);
});

test("a kernel without a PVH entry is known as such", async () => {
  const image = fakeImage(gzipSync(fakeElf({ pvh: false })));
  expect((await addKernel(writeKernel(own.folder, MODULES, image))).manifest.elf.pvh).toBe(false);
});

test.each([
  ["KERNEL_NOT_X86_64", "not an x86 kernel", MODULES, Buffer.alloc(4_096)],
  [
    "KERNEL_NOT_X86_64",
    "another processor",
    MODULES,
    fakeImage(gzipSync(fakeElf({ machine: 183 }))),
  ],
  ["KERNEL_NOT_X86_64", "no 64-bit ELF", MODULES, fakeImage(gzipSync(Buffer.alloc(100)))],
  ["KERNEL_UNREADABLE", "unknown way", MODULES, fakeImage(Buffer.from("BZh91AY&SY, or so"))],
  ["KERNEL_UNREADABLE", "cut short", MODULES, fakeImage(Buffer.alloc(0))],
  ["KERNEL_WITHOUT_IPMI", "ipmi_msghandler", {}, fakeImage()],
  ["KERNEL_WITHOUT_IPMI", "lib_z", WITHOUT_LIBRARY, fakeImage()],
  [
    "KERNEL_UNREADABLE",
    "is for kernel 8.8.8",
    { ...MODULES, "drivers/ipmi_msghandler.ko": fakeModule([], "8.8.8") },
    fakeImage(),
  ],
])("a refusal leaves nothing behind: %s, %s", async (code, text, modules, image) => {
  const spec = writeKernel(own.folder, modules, image);
  await expect(addKernel(spec)).rejects.toThrow(failsWith(code, text));
  expect(readdirSync(kernelsFolder())).toEqual([]);
});

/** An image whose own release text is what a stranger put there. */
function imageOfRelease(release: string): Buffer {
  const image = fakeImage();
  image.fill(0, 0x300, 0x300 + 0x90);
  image.write(`${release} (someone@somewhere) #1`, 0x300, "latin1");
  return image;
}

// Goal: what a stranger's image calls itself never names a folder outside the cache.
// Method: releases that are paths, beside a folder that is worth something.
test.each(["../../../victim", "..", ".", "", "/", "a/../../x", "-x", "x".repeat(200)])(
  "an image that calls itself %j touches no folder",
  async (release) => {
    const precious = join(own.folder, "victim", "thesis.txt");
    mkdirSync(join(own.folder, "victim"));
    writeFileSync(precious, "years");
    const modules = Object.fromEntries(
      Object.keys(MODULES).map((name) => [name.replace(/\.gz$/, ""), fakeModule([], release)]),
    );
    const spec = writeKernel(own.folder, modules, imageOfRelease(release));
    await expect(addKernel(spec)).rejects.toMatchObject({ code: "BAD_KERNEL_SPEC" });
    expect(readFileSync(precious, "utf8")).toBe("years");
    expect(readdirSync(kernelsFolder())).toEqual([]);
    expect((await addKernel(spec, { name: "mine" })).name).toBe("mine");
  },
);

test("what is no kernel of ours is never replaced", async () => {
  const precious = join(kernelsFolder(), "mine", "thesis.txt");
  mkdirSync(join(kernelsFolder(), "mine"), { recursive: true });
  writeFileSync(precious, "years");
  const added = addKernel(writeKernel(own.folder), { name: "mine" });
  await expect(added).rejects.toThrow(failsWith("KERNEL_EXISTS", "kernel.json"));
  expect(readFileSync(precious, "utf8")).toBe("years");
});

test("a name that is a path is refused", async () => {
  const added = addKernel(writeKernel(own.folder), { name: "../escaped" });
  await expect(added).rejects.toThrow(failsWith("BAD_KERNEL_SPEC", "../escaped"));
});

test("kernels are found by name and by version, and removed", async () => {
  const spec = writeKernel(own.folder);
  await addKernel(spec, { name: "mine" });
  expect(findKernel("9")?.name).toBe("mine");
  await addKernel(spec);
  expect(findKernel("mine")?.name).toBe("mine");
  expect(findKernel("9.9.10")).toBeUndefined();
  // Two of one version are never confused.
  const both = failsWith("KERNEL_AMBIGUOUS", `2 kernels here are 9.9.1: ${RELEASE} and mine`);
  expect(() => findKernel("9.9")).toThrow(both);
  expect(() => removeKernel("9")).toThrow(both);
  expect(listKernels().map(kernelTitle).sort()).toEqual([RELEASE, "mine"].sort());
  expect(removeKernel("mine").name).toBe("mine");
  expect(findKernel("9.9")?.name).toBe(RELEASE);
  expect(() => removeKernel("mine")).toThrow(failsWith("NO_SUCH_KERNEL", "mine"));
});

test("adding again replaces what was there", async () => {
  await addKernel(writeKernel(own.folder));
  const image = fakeImage(gzipSync(fakeElf({ pvh: false })));
  await addKernel(writeKernel(own.folder, MODULES, image));
  expect(listKernels().map((kernel) => kernel.manifest.elf.pvh)).toEqual([false]);
});

// Goal: nobody ever sees half a kernel. Method: look while it is filled, then interrupt.
test("a kernel is there when it is whole, and not before", async () => {
  const kernel = await addKernel(writeKernel(own.folder));
  removeKernel(kernel.name);
  let work = "";
  const adding = publishKernel(async (path) => {
    work = path;
    expect(listKernels()).toEqual([]);
    expect(existsSync(path)).toBe(true);
    await stopAll();
    return { name: kernel.name, manifest: kernel.manifest };
  });
  await expect(adding).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(existsSync(work)).toBe(false);
  expect(readdirSync(kernelsFolder())).toEqual([]);
});

test("what a killed process left goes later; what may be in use stays", async () => {
  const folders = { dead: "999999999-x", fresh: "999999998-x", alive: "1-x" };
  const paths = Object.values(folders).map((name) => join(kernelsFolder(), `.adding-${name}`));
  for (const path of paths) {
    mkdirSync(path, { recursive: true });
    if (!path.endsWith(folders.fresh)) utimesSync(path, 0, 0);
  }
  await addKernel(writeKernel(own.folder));
  expect(paths.map((path) => existsSync(path))).toEqual([false, true, true]);
  expect(listKernels()).toHaveLength(1);
});
