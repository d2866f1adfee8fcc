import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readKernelImage } from "../../src/kernels/image.ts";
import { SeatError } from "../../src/programs/errors.ts";
import { fakeElf, fakeImage } from "./fake-kernel.ts";

const CODES = ["KERNEL_UNREADABLE", "KERNEL_NOT_X86_64"];

/** What is wrong with an image; undefined when it was read. Anything but a refusal is thrown. */
async function refusal(image: Buffer): Promise<string | undefined> {
  try {
    await readKernelImage(image, "image");
    return undefined;
  } catch (error) {
    if (error instanceof SeatError && CODES.includes(error.code)) return error.code;
    throw error;
  }
}

// Goal: whatever was done to an image, it is read or refused by name, and nothing else is thrown.
// Method: each byte of a whole image is set to what differs most; each length is tried.
test("an image with any one byte changed is read or refused", async () => {
  const image = fakeImage();
  for (let at = 0; at < image.length; at++) {
    for (const change of [0xff, 0x01, 0x80]) {
      const damaged = Buffer.from(image);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      await refusal(damaged);
    }
  }
});

test("an image that ends anywhere before its payload does is refused", async () => {
  const image = fakeImage(gzipSync(fakeElf()));
  const whole = image.length - "what follows the payload".length;
  for (let length = 0; length < whole; length++) {
    expect(await refusal(image.subarray(0, length)), `${length} bytes`).toBeDefined();
  }
});

test("a kernel whose headers point anywhere is read or refused", async () => {
  const elf = fakeElf();
  for (let at = 0; at < elf.length; at++) {
    for (const byte of [0x00, 0x7f, 0xff]) {
      const damaged = Buffer.from(elf);
      damaged[at] = byte;
      await refusal(fakeImage(gzipSync(damaged)));
    }
  }
});
