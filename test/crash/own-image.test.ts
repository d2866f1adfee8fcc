import { expect, test } from "vitest";
import { readBzImage } from "../../src/crash/bz-image.ts";
import { ENDINGS, endingCommands, ownBzImage } from "../../src/crash/own-image.ts";
import { wrapBzImage } from "../../src/crash/wrap.ts";
import { hex } from "../../src/ipmi/message.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";

const location = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;
const PARTS = { location, commands: COMMANDS, bounds: BOUNDS };
/** MOV edx, CF9h; MOV eax, 6; OUT dx, al. */
const RESETS = "ba f9 0c 00 00 b8 06 00 00 00 ee";

test.each(ENDINGS)("an image that ends with %s is a bzImage, and small", (ending) => {
  const { bytes, executorBytes } = ownBzImage(PARTS, ending);
  const image = readBzImage(bytes);
  expect(image).toMatchObject({ signatureBytes: 0, systemAt: 1_024 });
  expect(bytes.length).toBeLessThan(4_096);
  expect(image.initSize).toBeGreaterThan(executorBytes + 0x200);
  // What the executor puts back at its end is what stands there: it goes on with the ending.
  const ending8 = hex(bytes.slice(1_024 + 0x100, 1_024 + 0x108));
  expect(hex(bytes.slice(1_024 + 0x200)).includes(ending8)).toBe(true);
  expect(hex(bytes.slice(1_024 + 0x100, 1_024 + 0x200))).toContain(RESETS);
});

test("the BMC is told of what it is to do, at most once", () => {
  const told = ENDINGS.map((each) => endingCommands(each).map(({ bytes }) => hex(bytes)));
  expect(told).toEqual([[], ["00 02 00"], ["00 02 02"]]);
  expect(endingCommands("power-off").map(({ once }) => once)).toEqual([true]);
});

test("it is no kernel to wrap", () => {
  const { bytes } = ownBzImage(PARTS, "reset");
  expect(() => wrapBzImage(bytes, PARTS)).toThrow("has no kernel in it");
});
