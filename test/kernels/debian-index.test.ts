import { expect, test } from "vitest";
import { chooseDebianKernel, debianKernels } from "../../src/kernels/debian-index.ts";
import { parseKernelSpec } from "../../src/kernels/spec.ts";

function entry(name: string, version: string, bytes = 70_000_000): string {
  return `Package: ${name}
Version: ${version}
Description: a kernel
 with a text that goes on
 .
Size: ${bytes}
SHA256: ${"0".repeat(60)}${bytes % 10_000}
`;
}

const INDEX = [
  entry("linux-image-6.1.0-9-amd64", "6.1.27-1"),
  entry("linux-image-6.1.0-56-amd64", "6.1.192-1"),
  entry("linux-image-6.1.0-56-amd64", "6.1.192-2"),
  entry("linux-image-6.1.0-56-cloud-amd64", "6.1.192-2"),
  entry("linux-image-6.1.0-56-rt-amd64", "6.1.192-2"),
  entry("linux-image-6.12-amd64", "6.12.107-1", 1_500),
  entry("linux-image-6.12.107+deb13-amd64", "6.12.107-1"),
  entry("linux-image-6.18.5+deb13-amd64", "6.18.5-1~bpo13+1"),
  entry("linux-image-6.18.15+deb13-amd64", "6.18.15-1~bpo13+1"),
  entry("linux-image-7.0.4+deb13-amd64", "7.0.4-1~bpo13+1", 1_900),
  entry("linux-binary-7.0.4+deb13-amd64", "7.0.4-1~bpo13+1"),
  entry("linux-image-7.2.12+deb13-amd64", "7.2.12-1~bpo13+1", 1_900),
  entry("linux-binary-7.2.12+deb13-amd64", "7.2.12-1~bpo13+1"),
  entry("linux-modules-7.2.12+deb13-amd64", "7.2.12-1~bpo13+1"),
  entry("linux-modules-7.3.4+deb13-amd64", "7.3.4-1~bpo13+1"),
  entry("linux-headers-7.2.12+deb13-amd64", "7.2.12-1~bpo13+1"),
].join("\n");

function choose(spec: string) {
  const parsed = parseKernelSpec(spec);
  if (parsed.kind !== "debian") throw new Error("not a Debian spec");
  return chooseDebianKernel(debianKernels(INDEX), parsed);
}

test("only whole kernels are offered, oldest first", () => {
  const versions = debianKernels(INDEX).map((kernel) => kernel.version);
  expect(versions).toEqual(["6.1.27", "6.1.192", "6.12.107", "6.18.5", "6.18.15", "7.2.12"]);
});

test("6.1 means the newest 6.1, in its newest package", () => {
  expect(choose("debian:6.1")).toMatchObject({
    release: "6.1.0-56-amd64",
    packages: [{ name: "linux-image-6.1.0-56-amd64", version: "6.1.192-2" }],
  });
});

test("a full version means that one", () => {
  expect(choose("debian:6.18.5").release).toBe("6.18.5+deb13-amd64");
});

test("a kernel in two packages needs both", () => {
  expect(choose("debian:7.2").packages.map((each) => each.name)).toEqual([
    "linux-binary-7.2.12+deb13-amd64",
    "linux-modules-7.2.12+deb13-amd64",
  ]);
});

test("a version that is not there is refused with those that are", () => {
  for (const spec of ["debian:5.10", "debian:7.0", "debian:6.18.1"]) {
    expect(() => choose(spec)).toThrow(
      expect.objectContaining({
        code: "NO_SUCH_KERNEL",
        remedy: "it has 6.1.27, 6.1.192, 6.12.107, 6.18.5, 6.18.15, 7.2.12",
      }),
    );
  }
});

test("what names no kernel is refused", () => {
  for (const spec of ["", "6.1", "debian:", "debian:6", "debian:x", "path:/a", "path:/a,/b,/c"]) {
    expect(() => parseKernelSpec(spec)).toThrow(
      expect.objectContaining({ code: "BAD_KERNEL_SPEC" }),
    );
  }
  expect(parseKernelSpec("debian:experimental/7.3")).toEqual({
    kind: "debian",
    suite: "experimental",
    version: "7.3",
  });
});
