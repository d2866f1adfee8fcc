import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  hex,
  Malformed,
  parseHex,
  responseNetFn,
} from "../../src/ipmi/message.ts";
import { RUNS } from "./arbitrary.ts";

const byte = fc.integer({ min: 0, max: 0xff });
const head = {
  netFn: fc.integer({ min: 0, max: 0x3f }),
  lun: fc.integer({ min: 0, max: 3 }),
  cmd: byte,
  data: fc.uint8Array({ maxLength: 40 }),
};

test("Get Device ID", () => {
  const request = { netFn: 0x06, lun: 0, cmd: 0x01, data: new Uint8Array() };
  expect(encodeRequest(request)).toEqual(Uint8Array.of(0x18, 0x01));
  expect(responseNetFn(0x06)).toBe(0x07);
  expect(decodeResponse(parseHex("1c 01 c1"))).toEqual({
    netFn: 0x07,
    lun: 0,
    cmd: 0x01,
    cc: 0xc1,
    data: new Uint8Array(),
  });
});

test("messages go and come whole", () => {
  fc.assert(
    fc.property(fc.record({ ...head, cc: byte }), (response) => {
      const { cc, ...request } = response;
      expect(decodeRequest(encodeRequest(request))).toEqual(request);
      expect(decodeResponse(encodeResponse(response))).toEqual(response);
    }),
    RUNS,
  );
});

test("any bytes decode, or are Malformed because they are too few", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      if (bytes.length < 2) expect(() => decodeRequest(bytes)).toThrow(Malformed);
      else expect(encodeRequest(decodeRequest(bytes))).toEqual(bytes);
      if (bytes.length < 3) expect(() => decodeResponse(bytes)).toThrow(Malformed);
      else expect(encodeResponse(decodeResponse(bytes))).toEqual(bytes);
    }),
    RUNS,
  );
});

test.each([
  ["netFn", { netFn: 0x40 }],
  ["lun", { lun: 4 }],
  ["cmd", { cmd: -1 }],
  ["cc", { cc: 0x1_00 }],
])("%s out of range is refused by name", (field, wrong) => {
  const good = { netFn: 7, lun: 0, cmd: 1, cc: 0, data: new Uint8Array() };
  expect(() => encodeResponse({ ...good, ...wrong })).toThrow(
    expect.objectContaining({ code: "FIELD_OUT_OF_RANGE", field }),
  );
});

describe("hex", () => {
  test("reads the forms that people write", () => {
    const expected = Uint8Array.of(0x18, 0x01);
    const forms = ["18 01", "1801", "0x18 0x01", " 0X18,0x1 ", "18, 1", "18\n01"];
    for (const text of forms) expect(parseHex(text), text).toEqual(expected);
    expect(parseHex("")).toEqual(new Uint8Array());
  });

  test("reads what it writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect(parseHex(hex(bytes))).toEqual(bytes);
      }),
      RUNS,
    );
    expect(hex(Uint8Array.of(0x0a, 0xff))).toBe("0a ff");
  });

  test.each([
    ["18 0g", 4, '"g" at position 5 is not a hexadecimal digit'],
    ["18 180", 3, '"180" at position 4 has an odd number of digits'],
    ["0x1801", 0, '"0x1801" at position 1 is more than one byte'],
    ["18 0x", 3, '"0x" at position 4 has no digits'],
  ])("%s: names the place", (text, position, message) => {
    expect(() => parseHex(text)).toThrow(expect.objectContaining({ code: "BAD_HEX", position }));
    expect(() => parseHex(text)).toThrow(message);
  });
});
