import { expect, test } from "vitest";
import { pec } from "../../../src/wire/smbus/pec.ts";

function pecOf(...bytes: readonly number[]): number {
  return bytes.reduce(pec, 0);
}

test("the check value that catalogues of CRCs give for CRC-8/SMBUS", () => {
  expect(pecOf(...new TextEncoder().encode("123456789"))).toBe(0xf4);
});

test("a word read that the data sheet of a sensor (MLX90614) shows", () => {
  expect(pecOf(0xb4, 0x07, 0xb5, 0xd2, 0x3a)).toBe(0x30);
});

test("over a message and its own code it is zero", () => {
  const message = [0x20, 0x02, 0x02, 0x18, 0x01];
  expect(pecOf(...message, pecOf(...message))).toBe(0);
});

// Goal: what the code is for. Method: all errors of one and two bits in a short message.
test("every error of one or two bits is noticed", () => {
  const message = [0x20, 0x03, 0x21, 0x03, 0x1c, 0x01, 0x00];
  const good = pecOf(...message);
  const bits = 8 * message.length;
  for (let first = 0; first < bits; first++) {
    for (let second = first; second < bits; second++) {
      const bad = [...message];
      for (const bit of new Set([first, second])) {
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      }
      expect(pecOf(...bad), `bits ${first} and ${second}`).not.toBe(good);
    }
  }
});
