import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { addBmcKernel } from "../../src/kernels/add-bmc.ts";
import { bmcKernels } from "../../src/kernels/bmc-kernel.ts";
import { writeDeviceTree } from "../../src/kernels/device-tree.ts";
import { fakeModule, RELEASE } from "./fake-kernel.ts";
import { ownCache } from "./own-cache.ts";

const own = ownCache();

const DRIVERS = ["kcs_bmc", "kcs_bmc_cdev_ipmi", "kcs_bmc_aspeed"];
const MODULES = Object.fromEntries(
  DRIVERS.map((name) => [`lib/${name.replaceAll("_", "-")}.ko`, fakeModule([])]),
);
const BUILT_IN = DRIVERS.map((name) => `kernel/drivers/char/ipmi/${name}.ko\n`).join("");

/** As far as its head goes. */
function zImage(): Buffer {
  const image = Buffer.alloc(64);
  image.writeUInt32LE(0x016f_2818, 0x24);
  return image;
}

function deviceTree(): Uint8Array {
  const root = { name: "", properties: new Map(), children: [] };
  return writeDeviceTree({ root, reservations: new Uint8Array(16), bootProcessor: 0 });
}

/** Writes what a user would have built, and gives what he would write. */
function built(modules: Readonly<Record<string, Uint8Array | string>>, more = {}): string {
  const files = { zImage: zImage(), "board.dtb": deviceTree(), ...modules, ...more };
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(own.folder, name)), { recursive: true });
    writeFileSync(join(own.folder, name), data);
  }
  return `path:${join(own.folder, "zImage")},${join(own.folder, "board.dtb")},${join(own.folder, "lib")}`;
}

function failsWith(code: string, text: string) {
  return expect.objectContaining({ code, message: expect.stringContaining(text) });
}

test("a BMC's kernel of one's own is kept with its board, and its driver in loading order", async () => {
  const spec = built(MODULES);
  const kernel = await addBmcKernel(spec, { name: "mine" });
  expect(kernel.name).toBe("mine");
  expect(kernel.manifest).toMatchObject({ version: "9.9.1", release: RELEASE, source: spec });
  expect(kernel.manifest.modules.map(({ name }) => name)).toEqual(DRIVERS);
  expect(kernel.manifest.built).toBeUndefined();
  const { image, deviceTree: board } = kernel.manifest;
  expect(readFileSync(join(kernel.folder, image.file))).toEqual(zImage());
  expect(board.file).toBe("board.dtb");
  expect(bmcKernels.list()).toEqual([kernel]);
});

test("a driver that is part of the image is no module; the build says which kernel it is", async () => {
  const more = {
    "lib/modules.builtin": BUILT_IN,
    "lib/include/config/kernel.release": "6.15.0-dev\n",
  };
  const kernel = await addBmcKernel(built({}, more));
  expect(kernel.manifest).toMatchObject({ version: "6.15.0", release: "6.15.0-dev", modules: [] });
  expect(kernel.name).toBe("6.15.0-dev");
});

test.each([
  ["an image for another processor", { zImage: Buffer.alloc(64) }, "KERNEL_UNREADABLE", "zImage"],
  ["no device tree", { "board.dtb": "a board" }, "KERNEL_UNREADABLE", "is no device tree"],
  [
    "a module of another kernel",
    { "lib/kcs-bmc-aspeed.ko": fakeModule([], "5.1.0") },
    "KERNEL_UNREADABLE",
    "is for kernel 5.1.0",
  ],
])("%s is refused, and nothing is kept", async (_what, more, code, text) => {
  await expect(addBmcKernel(built(MODULES, more))).rejects.toThrow(failsWith(code, text));
  expect(bmcKernels.list()).toEqual([]);
  expect(readdirSync(bmcKernels.folder)).toEqual([]);
});

test("a kernel without the driver is refused, and it is said what to build", async () => {
  const { "lib/kcs-bmc-cdev-ipmi.ko": _device, ...others } = MODULES;
  await expect(addBmcKernel(built(others))).rejects.toThrow(
    expect.objectContaining({
      code: "KERNEL_WITHOUT_IPMI",
      message: expect.stringContaining("kcs_bmc_cdev_ipmi.ko"),
      remedy: expect.stringContaining("CONFIG_IPMI_KCS_BMC_CDEV_IPMI"),
    }),
  );
});

test("where nothing says which kernel it is, that is said", async () => {
  const spec = built({ "lib/modules.builtin": BUILT_IN });
  const text = "says which kernel it is for";
  await expect(addBmcKernel(spec)).rejects.toThrow(failsWith("KERNEL_UNREADABLE", text));
});

test.each(["path:zImage,lib", "path:zImage,board.dtb,lib,more", "debian:sid/6.12", "6.12"])(
  "%s is no kernel for a BMC",
  async (spec) => {
    await expect(addBmcKernel(spec)).rejects.toThrow(failsWith("BAD_KERNEL_SPEC", spec));
  },
);

test("a file that is not there is named", async () => {
  const spec = "path:/nowhere/zImage,/nowhere/board.dtb,/nowhere/lib";
  await expect(addBmcKernel(spec)).rejects.toThrow(
    failsWith("KERNEL_UNREADABLE", "/nowhere/zImage: no such file"),
  );
});
