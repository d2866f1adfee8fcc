import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACCESS_WIDTHS,
  type Location,
  LocationError,
  locationText,
  misaligned,
  misplaced,
  parseLocation,
} from "../../src/wire/location.ts";

const register = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;

describe("where an interface is", () => {
  test.each<[string, Location]>([
    ["kcs:io:0xca2", register],
    ["kcs:io:0xca8/4", { ...register, base: 0xca8, spacing: 4 }],
    [
      "kcs:mem:0xfeb00000/4:32",
      { ...register, at: "mem", base: 0xfeb0_0000, spacing: 4, width: 32 },
    ],
    ["bt:io:0xe4", { ...register, kind: "bt", base: 0xe4 }],
    ["smic:io:0xca9", { ...register, kind: "smic", base: 0xca9 }],
    ["kcs:pci:0000:00:02.0", { at: "pci", kind: "kcs", slot: "0000:00:02.0" }],
    ["ssif:i801:0x700:0x10", { at: "i801", kind: "ssif", base: 0x700, address: 0x10 }],
    ["ssif:i2c-1:0x10", { at: "i2c", kind: "ssif", bus: 1, address: 0x10 }],
    ["/dev/ipmi0", { at: "device", number: 0 }],
    ["discovered", { at: "discovered" }],
  ])("%s is read and written", (text, location) => {
    expect(parseLocation(text)).toEqual(location);
    expect(locationText(location)).toBe(text);
  });

  test.each([
    ["kcs:io:3234", "kcs:io:0xca2"],
    ["kcs:io:0xCA2/1", "kcs:io:0xca2"],
    ["kcs:mem:0xfeb00000:32", "kcs:mem:0xfeb00000/4:32"],
    ["kcs:pci:3A:02.0", "kcs:pci:0000:3a:02.0"],
    ["kcs:pci:00:1F.3", "kcs:pci:0000:00:1f.3"],
    ["ssif:i2c-0:16", "ssif:i2c-0:0x10"],
  ])("%s means %s", (text, meant) => {
    expect(locationText(parseLocation(text))).toBe(meant);
  });

  test.each([
    ["", /an interface is written kcs:io:0xca2/],
    ["kcs", /kcs is at io:, mem: or pci:/],
    ["KCS:io:0xca2", /an interface is written/],
    ["kcs:io:ca2", /kcs:io:ADDRESS\[\/SPACING\]\[:BITS\], such as kcs:io:0xca8\/4/],
    ["kcs:io:0xca2/4/4", /such as/],
    ["kcs:io:0xca2/0", /a spacing is 1, 4 or 16/],
    ["kcs:io:0xca2/300", /256 at most/],
    ["kcs:io:0xca2:7", /8, 16, 32 or 64 bits/],
    ["kcs:io:0xca2/1:32", /at least 4 bytes apart/],
    ["kcs:io:0xca0/8:64", /8, 16 or 32/],
    ["kcs:io:0xffff", /kcs's 2 registers lie above 0 and below 0x10000/],
    ["bt:io:0xfffe", /bt's 3 registers/],
    ["kcs:io:0", /above 0/],
    ["kcs:mem:0xffffffffffffffff", /below 0x10000000000000, as an address has 52 bits/],
    ["kcs:mem:0x10000000000000", /below 0x10000000000000, as an address has 52 bits/],
    ["kcs:mem:0xffffffffffffc/4:32", /kcs's 2 registers lie above 0/],
    ["kcs:mem:0xfeb00000/4:64", /registers of 64 bits are at least 8 bytes apart/],
    ["kcs:pci:0000:00:20.0", /such as kcs:pci:0000:00:02.0/],
    ["ssif:io:0xca2", /such as ssif:i2c-1:0x10/],
    ["ssif:i2c-1:0x80", /7 bits, from 0x8 to 0x77/],
    ["ssif:i2c-1:0x700:0x10", /such as/],
    ["ssif:i801:0x20000:0x10", /below 0x10000/],
    ["/dev/ipmi", /\/dev\/ipmi0, \/dev\/ipmi1/],
    ["/dev/ipmi256", /\/dev\/ipmi0/],
    [`kcs:${"x".repeat(1_000_000)}`, /kcs is at io/],
  ])("%j is refused with what would be right", (text, right) => {
    const refused = () => parseLocation(text);
    expect(refused).toThrow(LocationError);
    expect(refused).toThrow(right);
    expect(refused).toThrow(/^.{1,300}$/);
  });

  test.each([
    [0xfeb0_0002, 4, 32, "registers of 32 bits lie at multiples of 4 bytes"],
    [0xfeb0_0000, 6, 32, "registers of 32 bits lie at multiples of 4 bytes"],
    [0xfeb0_0004, 8, 64, "registers of 64 bits lie at multiples of 8 bytes"],
    [0xfeb0_0004, 4, 32, undefined],
    [0xfeb0_0001, 3, 8, undefined],
  ] as const)("at %i, %i apart, by %i bits: %s", (base, spacing, width, why) => {
    expect(misaligned({ at: "mem", kind: "kcs", base, spacing, width })).toBe(why);
  });

  // Goal: what is written is read back as the same, wherever registers may lie.
  test("each place of registers is written and read back", () => {
    const places = fc.record({
      at: fc.constantFrom("io" as const, "mem" as const),
      kind: fc.constantFrom("kcs" as const, "smic" as const, "bt" as const),
      base: fc.oneof(fc.integer({ min: 0, max: 0x1_0000 }), fc.maxSafeNat()),
      spacing: fc.constantFrom(1, 2, 4, 8, 16, 255),
      width: fc.constantFrom(...ACCESS_WIDTHS),
    });
    const property = fc.property(places, (place) => {
      fc.pre(misplaced(place) === undefined);
      expect(parseLocation(locationText(place))).toEqual(place);
    });
    fc.assert(property, { seed: 38, numRuns: 500 });
  });
});
