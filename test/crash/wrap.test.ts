import { describe, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../src/crash/commands.ts";
import { executorCode } from "../../src/crash/executor.ts";
import { wrapBzImage } from "../../src/crash/wrap.ts";
import { BOUNDS } from "./bounds.ts";
import { bzImage, ENTRY, ENTRY_AT, type ImageFacts, SYSTEM_AT, signaturePlace } from "./images.ts";

const PARTS = {
  location: { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 },
  commands: [...watchdogCommands("stop"), ...selCommands("OS stop")],
  bounds: BOUNDS,
} as const;

function wrapped(facts: ImageFacts = {}) {
  return wrapBzImage(bzImage(facts), PARTS);
}

describe("a wrapped image", () => {
  test("is the kernel but for a jump at its entry, the size in its header and what is behind it", () => {
    const plain = bzImage();
    const { bytes } = wrapped();
    const differs = [...plain.keys()].filter((at) => plain[at] !== bytes[at]);
    const jump = [0, 1, 2, 3, 4].map((each) => ENTRY_AT + each);
    expect(differs.filter((at) => !jump.includes(at))).toEqual([0x1f4]);
    expect([...bytes.slice(ENTRY_AT + 5, ENTRY_AT + 8)]).toEqual([...ENTRY.slice(5)]);
  });

  test("jumps to the executor, which knows the way back and the eight bytes", () => {
    const { bytes, executorBytes } = wrapped();
    const view = new DataView(bytes.buffer);
    expect(view.getUint8(ENTRY_AT)).toBe(0xe9);
    const executorAt = ENTRY_AT + 5 + view.getInt32(ENTRY_AT + 1, true);
    const code = executorCode({ ...PARTS, entry: ENTRY_AT - executorAt, saved: ENTRY });
    expect([...bytes.slice(executorAt, executorAt + executorBytes)]).toEqual([...code]);
  });

  test("tells of all that it has, within what the kernel asks for", () => {
    const { bytes, filledBytes, initSize } = wrapped();
    const told = new DataView(bytes.buffer).getUint32(0x1f4, true) * 16;
    expect(bytes.length).toBe(SYSTEM_AT + told);
    expect(filledBytes).toBe(told);
    expect(initSize).toBe(0x10_0000);
  });

  test("has lost its signature, which would not hold any more", () => {
    const { bytes, signatureBytes } = wrapped({ signature: new Uint8Array(1_472).fill(0x5a) });
    expect(signatureBytes).toBe(1_472);
    expect(signaturePlace(bytes)).toEqual([0, 0]);
    expect([...bytes]).toEqual([...wrapped().bytes]);
  });

  test("leaves the image that it was made from as it was", () => {
    const image = bzImage({ signature: new Uint8Array(8) });
    const before = [...image];
    wrapBzImage(image, PARTS);
    expect([...image]).toEqual(before);
  });
});

describe("refuses", () => {
  test.each<readonly [string, ImageFacts, string]>([
    ["an old protocol", { protocol: 0x020b }, "before 2.12"],
    ["a zImage", { loadFlags: 0 }, "zImage"],
    ["a 32-bit kernel", { extraLoadFlags: 0x3e }, "32-bit kernel"],
    ["one that is cut short", { told: 0x2010 }, "is cut short"],
    ["one without room", { initSize: 0x2010 }, "leaves no room"],
    [
      "a signature in the middle",
      { signature: new Uint8Array(8), signatureAt: 0x1000 },
      "a signature that is not the last of it",
    ],
  ])("%s", (_name, facts, why) => {
    expect(() => wrapped(facts)).toThrow(why);
  });

  test("one that is wrapped already, also when it was signed since", () => {
    const { bytes } = wrapped();
    expect(() => wrapBzImage(bytes, PARTS)).toThrow("is wrapped already");
    const signed = new Uint8Array(bytes.length + 4);
    signed.set(bytes);
    expect(() => wrapBzImage(signed, PARTS)).toThrow("is wrapped already");
  });

  test.each([
    ["nothing", new Uint8Array(0), "too short"],
    ["an ELF file", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, ...new Uint8Array(1_000)), "ELF"],
    ["gzip data", Uint8Array.of(0x1f, 0x8b, ...new Uint8Array(1_000)), "gzip"],
    ["zeros", new Uint8Array(1_000), "no bzImage for x86"],
  ])("%s", (_name, image, why) => {
    expect(() => wrapBzImage(image, PARTS)).toThrow(why);
  });

  // Goal: no image makes it throw anything else. Method: every length of a signed image.
  test("whatever is left of an image that was cut", () => {
    const whole = bzImage({ signature: new Uint8Array(64) });
    for (let length = 0; length < whole.length; length += 7) {
      const attempt = () => wrapBzImage(whole.slice(0, length), PARTS);
      expect(attempt).toThrow(/bzImage|short|signature/);
    }
  });
});
