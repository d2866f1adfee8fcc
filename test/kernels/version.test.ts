import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, upstreamVersion, versionMatches } from "../../src/kernels/version.ts";

const SEED = 20260105;

/** In the order that Debian Policy §5.6.12 gives. */
const RISING = [
  "6.1~~",
  "6.1~rc1",
  "6.1",
  "6.1a",
  "6.1+deb13",
  "6.1.9",
  "6.1.10-1~bpo13+1",
  "6.1.10-1",
  "6.1.192",
  "6.12.9",
  "6.12.117",
  "7.0",
];

test("versions rise as Debian has it", () => {
  for (const [i, a] of RISING.entries()) {
    for (const [j, b] of RISING.entries()) expect(compareVersions(a, b)).toBe(Math.sign(i - j));
  }
});

test("comparing is an order", () => {
  const version = fc.string({
    unit: fc.constantFrom(..."0123456789.~+-abz"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }
    }),
    { seed: SEED },
  );
});

test("a wanted version takes its own patch levels only", () => {
  expect(versionMatches("6.1.192", "6.1")).toBe(true);
  expect(versionMatches("6.12.117", "6.1")).toBe(false);
  expect(versionMatches("6.18.15", "6.18.1")).toBe(false);
  expect(versionMatches("7.3~rc7", "7.3")).toBe(true);
});

test("upstream's version is what is left without epoch and revision", () => {
  expect(upstreamVersion("6.1.192-2")).toBe("6.1.192");
  expect(upstreamVersion("1:7.3~rc7-1~exp1")).toBe("7.3~rc7");
});
