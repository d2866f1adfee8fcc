import { expect, test } from "vitest";
import {
  BMC_KERNEL_PACKAGE,
  chooseBmcKernel,
  debianBmcKernels,
} from "../../src/kernels/debian-bmc.ts";

function entry(name: string, version: string, architecture: string, depends = ""): string {
  const fields = { Package: name, Version: version, Architecture: architecture, Depends: depends };
  const lines = Object.entries(fields).filter(([, value]) => value !== "");
  return `${lines.map(([key, value]) => `${key}: ${value}`).join("\n")}\nSize: 1000\nSHA256: aa\n`;
}

/** All that one kernel takes. */
function kernel(abi: string, version: string, series: string, kbuild: string): readonly string[] {
  const compiler = series === "6.1" ? "linux-compiler-gcc-12-arm" : "gcc-12";
  const depends = `linux-headers-${abi}-common (= ${version}), ${kbuild} (>= ${version}), ${compiler}`;
  return [
    entry(`linux-image-${abi}-armmp`, version, "armhf"),
    entry(`linux-headers-${abi}-armmp`, version, "armhf", depends),
    entry(`linux-headers-${abi}-common`, version, "all"),
    entry(kbuild, version, "amd64"),
    entry(`linux-source-${series}`, version, "all"),
  ];
}

const OLD = kernel("6.1.0-50", "6.1.176-1", "6.1", "linux-kbuild-6.1");
const NEW = kernel("6.12.95+deb12", "6.12.95-1~bpo12+1", "6.12", "linux-kbuild-6.12.95+deb12");

test("a kernel comes with headers, build tools, source and its makers' compiler", () => {
  const kernels = debianBmcKernels([...NEW, ...OLD].join("\n"));
  expect(kernels.map(({ version }) => version)).toEqual(["6.1.176", "6.12.95"]);
  const chosen = chooseBmcKernel(kernels, "6.12");
  expect(chosen).toMatchObject({
    release: "6.12.95+deb12-armmp",
    compiler: "arm-linux-gnueabihf-gcc-12",
    image: { name: "linux-image-6.12.95+deb12-armmp", architecture: "armhf" },
    source: { name: "linux-source-6.12", version: "6.12.95-1~bpo12+1" },
  });
  expect(chosen.headers.map(({ name, architecture }) => [name, architecture])).toEqual([
    ["linux-headers-6.12.95+deb12-armmp", "armhf"],
    ["linux-headers-6.12.95+deb12-common", undefined],
    ["linux-kbuild-6.12.95+deb12", undefined],
  ]);
  expect(chooseBmcKernel(kernels, "6.1").compiler).toBe("arm-linux-gnueabihf-gcc-12");
});

test("one that lacks a part, or has it of another version, is none", () => {
  for (let part = 1; part < NEW.length; part++) {
    const without = NEW.filter((_, index) => index !== part);
    expect(debianBmcKernels(without.join("\n"))).toEqual([]);
    const other = (NEW[part] ?? "").replace("6.12.95-1~bpo12+1", "6.12.90-1");
    expect(debianBmcKernels([...without, other].join("\n"))).toEqual([]);
  }
});

test("of a version that is not there, those that are there are named", () => {
  const kernels = debianBmcKernels([...OLD, ...NEW].join("\n"));
  expect(() => chooseBmcKernel(kernels, "6.9")).toThrow(
    expect.objectContaining({ code: "NO_SUCH_KERNEL", remedy: "it has 6.1.176, 6.12.95" }),
  );
});

test.each([
  ["linux-image-6.12.95+deb12-armmp", true],
  ["linux-headers-6.1.0-50-common", true],
  ["linux-kbuild-6.1", true],
  ["linux-source-6.12", true],
  ["linux-image-6.12.95+deb12-armmp-lpae", false],
  ["linux-image-6.1.0-50-armmp-dbg", false],
  ["linux-headers-6.1.0-50-common-rt", false],
  ["linux-image-6.1.0-50-amd64", false],
  ["linux-source", false],
])("whether %s is looked at", (name, looked) => {
  expect(BMC_KERNEL_PACKAGE.test(name)).toBe(looked);
});
