import { gzipSync } from "node:zlib";
import { chooseDebianKernel, debianKernels } from "../../src/kernels/debian-index.ts";
import { readKernelImage } from "../../src/kernels/image.ts";
import { parseKernelSpec } from "../../src/kernels/spec.ts";
import { compareVersions } from "../../src/kernels/version.ts";
import { SeatError } from "../../src/programs/errors.ts";
import { fakeElf, fakeImage } from "../../test/kernels/fake-kernel.ts";
import type { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";

/** A byte that is set, at a share of the whole, or after which all is cut off. */
interface Change {
  readonly at: number;
  readonly value: number;
  readonly cuts: boolean;
}

/** Where a bzImage's header and an ELF's headers are, as shares of what is changed. */
const HEADER_FROM = 0x1f1;
const HEADER_BYTES = 96;

/** Kernel images with lying headers, and damaged ones. */
const IMAGE: Target = target<{ readonly inside: boolean }, Change>({
  name: "kernel-image",
  about: "kernel images, changed: taken apart, or refused with a sentence of one's own",
  unit: "images",
  draw: (random) => ({
    setting: { inside: random.chance(0.5) },
    steps: Array.from({ length: 1 + random.below(5) }, () => ({
      at: random.bits() / 0x1_0000_0000,
      value: random.byte(),
      cuts: random.chance(0.05),
    })),
  }),
  play: async ({ inside }, steps) => {
    const image = inside
      ? fakeImage(gzipSync(changed(fakeElf(), steps, 0, 184)))
      : changedImage(steps);
    try {
      await readKernelImage(image, "fuzz");
    } catch (error) {
      if (!(error instanceof SeatError)) throw error;
    }
    return 1;
  },
});

function changedImage(steps: readonly Change[]): Buffer {
  const image = fakeImage();
  const [first, ...rest] = steps;
  const some = first === undefined ? image : changed(image, [first], HEADER_FROM, HEADER_BYTES);
  return changed(some, rest, 0, image.length);
}

function changed(bytes: Buffer, steps: readonly Change[], from: number, count: number): Buffer {
  let result = Buffer.from(bytes);
  for (const { at, value, cuts } of steps) {
    const place = from + Math.floor(at * count);
    if (cuts) result = result.subarray(0, place);
    else if (place < result.length) result.writeUInt8(value, place);
  }
  return result;
}

const INDEX = [
  "Package: linux-image-6.1.0-1-amd64\nVersion: 6.1.2-1\nSize: 70000000\nSHA256: ab\n",
  "Package: linux-binary-6.19.1-amd64\nVersion: 6.19.1-1\nSize: 1\n",
  "Package: linux-modules-6.19.1-amd64\nVersion: 6.19.1-1\n continued\n",
].join("\n");
const NASTY = [
  "\n",
  ":",
  " ",
  "\0",
  "Package: ",
  "-amd64",
  "~",
  "9".repeat(400),
  "../",
  "\t\n",
] as const;

interface IndexEdit {
  readonly at: number;
  readonly cuts: number;
  readonly text: string;
}

/** Indices of packages, versions and specs: what is said of kernels before there is one. */
const PACKAGES: Target = target<{ readonly versions: readonly string[] }, IndexEdit>({
  name: "package-index",
  about:
    "packages' indices, versions and specs: a release names no folder, versions have one order",
  unit: "indices",
  draw: (random) => ({
    setting: { versions: Array.from({ length: 3 }, () => drawVersion(random)) },
    steps: Array.from({ length: 1 + random.below(6) }, () => ({
      at: random.bits() / 0x1_0000_0000,
      cuts: random.below(4),
      text: random.chance(0.2) ? String.fromCharCode(random.below(65_536)) : random.pick(NASTY),
    })),
  }),
  play: ({ versions }, steps) => {
    expectOrder(versions);
    for (const version of versions) expectRefusal(() => parseKernelSpec(`debian:${version}`));
    for (const version of versions) expectRefusal(() => parseKernelSpec(version));
    const kernels = debianKernels(steps.reduce(editedIndex, INDEX));
    for (const { release } of kernels) {
      if (!/^[\w.+~-]+$/.test(release)) throw new Broken(`release ${JSON.stringify(release)}`);
    }
    const spec = { kind: "debian", version: "6.1", suite: undefined } as const;
    expectRefusal(() => chooseDebianKernel(kernels, spec));
    return 1;
  },
});

function editedIndex(text: string, edit: IndexEdit): string {
  const at = Math.floor(edit.at * text.length);
  return text.slice(0, at) + edit.text + text.slice(at + edit.cuts);
}

const VERSION_PARTS = [
  "1",
  "9",
  "0",
  ".",
  "~",
  "-",
  "+",
  "a",
  "Z",
  ":",
  "é",
  "9".repeat(20),
] as const;

function drawVersion(random: Random): string {
  return Array.from({ length: random.below(12) }, () => random.pick(VERSION_PARTS)).join("");
}

function expectOrder([a = "", b = "", c = ""]: readonly string[]): void {
  if (Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)) !== 0) {
    throw new Broken(`${a} and ${b} are in no order`);
  }
  const ascending = compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0;
  if (ascending && compareVersions(a, c) > 0) throw new Broken(`${a}, ${b}, ${c} go in a circle`);
}

/** What is refused is refused by a sentence of our own. */
function expectRefusal(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof SeatError)) throw error;
  }
}

export const KERNELS: readonly Target[] = [IMAGE, PACKAGES];
