import { expect, test } from "vitest";
import { describedIn } from "../../src/crash/description.ts";
import { ownBzImage } from "../../src/crash/own-image.ts";
import { wrapBzImage } from "../../src/crash/wrap.ts";
import { BOUNDS, COMMANDS } from "./bounds.ts";
import { bzImage } from "./images.ts";

const location = { at: "io", kind: "kcs", base: 0xca8, spacing: 4, width: 8 } as const;
const PARTS = { location, commands: COMMANDS, bounds: BOUNDS };
const DESCRIBED = {
  location,
  commands: COMMANDS,
  budgetMs: BOUNDS.budgetTicks / BOUNDS.ticksPerMs,
};

test("an image says what its executor was told, with a kernel in it and without", () => {
  const { bytes } = wrapBzImage(bzImage(), PARTS);
  expect(describedIn(bytes)).toEqual({ ...DESCRIBED, hasKernel: true });
  const own = ownBzImage(PARTS, "reset");
  expect(describedIn(own.bytes)).toEqual({ ...DESCRIBED, hasKernel: false });
});

test("a controller's place is told, too", () => {
  const ssif = { at: "i801", kind: "ssif", base: 0x700, address: 0x10 } as const;
  const { bytes } = wrapBzImage(bzImage(), { ...PARTS, location: ssif });
  expect(describedIn(bytes).location).toEqual(ssif);
});

test("bytes that fill up behind it, as before a signature, do not hide it", () => {
  const { bytes } = wrapBzImage(bzImage(), PARTS);
  const filled = Uint8Array.of(...bytes, 0, 0, 0, 0, 0, 0, 0);
  expect(describedIn(filled)).toEqual({ ...DESCRIBED, hasKernel: true });
});

test("a kernel as it came has none, and a file that is nothing neither", () => {
  for (const image of [bzImage(), new Uint8Array(0), new Uint8Array(64)]) {
    expect(() => describedIn(image)).toThrow("has no executor in it");
  }
});

test("whatever is wrong in the line, it is told, and nothing else is thrown", () => {
  const { bytes } = wrapBzImage(bzImage(), PARTS);
  const text = new TextDecoder("latin1").decode(bytes);
  const from = text.lastIndexOf('{"executor"');
  const to = text.lastIndexOf("}");
  for (let at = from; at <= to; at++) {
    const damaged = bytes.slice();
    damaged[at] = 0x7e;
    try {
      describedIn(damaged);
    } catch (error) {
      expect(error).toMatchObject({ code: "NOT_WRAPPED" });
    }
  }
  const gone = bytes.slice();
  gone[from] = 0x20;
  expect(() => describedIn(gone)).toThrow("build it anew");
});
