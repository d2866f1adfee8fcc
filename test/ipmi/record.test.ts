import fc from "fast-check";
import { expect, test } from "vitest";
import { FieldOutOfRange, Malformed } from "../../src/ipmi/message.ts";
import {
  bytes,
  type Field,
  flag,
  int,
  type Layout,
  nothing,
  record,
  reserved,
  rest,
  type Shape,
  uint,
  type ValueOf,
} from "../../src/ipmi/record.ts";
import { bytesOf, RUNS } from "./arbitrary.ts";

const identify = record({}, { intervalS: uint(8) }, { forceOn: flag, _1: reserved(7) });
const packed = record({
  low: uint(4),
  _1: reserved(3),
  top: flag,
  wide: uint(20),
  _2: reserved(4),
});

const anyField: fc.Arbitrary<Field> = fc.oneof(
  fc.integer({ min: 1, max: 32 }).map(uint),
  fc.integer({ min: 2, max: 32 }).map(int),
  fc.constant(flag),
  fc.integer({ min: 1, max: 20 }).map(reserved),
);

/** Fields of any widths, filled up with a gap to whole bytes. */
const anyShape: fc.Arbitrary<Shape> = fc
  .array(anyField, { minLength: 1, maxLength: 8 })
  .map((fields) => {
    const bits = fields.reduce((sum, field) => sum + field.bits, 0);
    const gap = bits % 8 === 0 ? [] : [reserved(8 - (bits % 8))];
    return [...fields, ...gap];
  })
  .map((fields) => Object.fromEntries(fields.map((field, index) => [`f${index}`, field])));

// Goal: every field of every layout is where the order of its fields says. Method: random layouts
// and random data; the oracle cuts fields out of one big little-endian number.
test("fields lie in wire order, the least significant bit first", () => {
  fc.assert(
    fc.property(anyShape, fc.infiniteStream(fc.integer({ min: 0, max: 0xff })), (shape, stream) => {
      const layout: Layout<object> = record(shape);
      const data = Uint8Array.from({ length: layout.size.max }, () => stream.next().value ?? 0);
      const number = data.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      let offset = 0n;
      const expected: Record<string, number | boolean> = {};
      for (const [name, { kind, bits }] of Object.entries(shape)) {
        const raw = (number >> offset) & ((1n << BigInt(bits)) - 1n);
        offset += BigInt(bits);
        if (kind === "flag") expected[name] = raw === 1n;
        if (kind === "uint") expected[name] = Number(raw);
        if (kind === "int") expected[name] = Number(BigInt.asIntN(bits, raw));
      }
      expect(layout.decode(data)).toEqual(expected);
      expect(layout.readings(data).map(({ name, value }) => [name, value])).toEqual(
        Object.entries(expected),
      );
    }),
    { seed: RUNS.seed, numRuns: 300 },
  );
});

test("the field map names every field with its place", () => {
  expect(packed.size).toEqual({ min: 4, max: 4 });
  expect(packed.fields).toEqual([
    { name: "low", kind: "uint", bitOffset: 0, bits: 4, tail: 0 },
    { name: "_1", kind: "reserved", bitOffset: 4, bits: 3, tail: 0 },
    { name: "top", kind: "flag", bitOffset: 7, bits: 1, tail: 0 },
    { name: "wide", kind: "uint", bitOffset: 8, bits: 20, tail: 0 },
    { name: "_2", kind: "reserved", bitOffset: 28, bits: 4, tail: 0 },
  ]);
  expect(identify.fields.map(({ tail }) => tail)).toEqual([1, 2, 2]);
});

test("each reserved bit is seen, sent as 0, and no other bit is", () => {
  for (let bit = 0; bit < 32; bit++) {
    const data = new Uint8Array(4);
    data[bit >> 3] = 1 << (bit & 7);
    const isReserved = (bit >= 4 && bit < 7) || bit >= 28;
    expect(packed.reservedBitsSet(data), `bit ${bit}`).toBe(isReserved);
    expect(packed.encode(packed.decode(data))).toEqual(isReserved ? new Uint8Array(4) : data);
  }
  expect(packed.reservedBitsSet(Uint8Array.of(0x0f))).toBe(false);
  expect(packed.reservedBitsSet(Uint8Array.of(0x10))).toBe(true);
  expect(packed.reservedBitsSet(new Uint8Array())).toBe(false);
});

test("optional tails are all or nothing, in order, and every such prefix is legal (MSG-07)", () => {
  expect(identify.size).toEqual({ min: 0, max: 2 });
  expect(identify.decode(Uint8Array.of())).toEqual({});
  expect(identify.decode(Uint8Array.of(15))).toEqual({ intervalS: 15 });
  expect(identify.decode(Uint8Array.of(15, 1))).toEqual({ intervalS: 15, forceOn: true });
  expect(identify.encode({})).toEqual(Uint8Array.of());
  expect(identify.encode({ intervalS: 1 })).toEqual(Uint8Array.of(1));
  expect(identify.encode({ intervalS: undefined })).toEqual(Uint8Array.of());
  expect(() => identify.encode({ forceOn: true })).toThrow("forceOn");

  const pair = record({ first: uint(8) }, { low: uint(16), high: uint(8) });
  expect(() => pair.decode(Uint8Array.of(1, 2, 3))).toThrow("3 bytes of data, expected 1 or 4");
  expect(() => pair.encode({ first: 1, low: 2 })).toThrow("high");
});

test("data of a wrong length are Malformed, at the first byte that is missing or too many", () => {
  expect(failure(() => packed.decode(new Uint8Array(3)))).toMatchObject({
    code: "MALFORMED",
    what: "length",
    offset: 3,
  });
  expect(failure(() => packed.decode(new Uint8Array(6)))).toMatchObject({ offset: 4 });
  expect(failure(() => nothing.decode(new Uint8Array(1)))).toMatchObject({ offset: 0 });
  expect(failure(() => packed.readings(new Uint8Array(3)))).toBeInstanceOf(Malformed);
});

test("a rest takes all bytes that are left, also none", () => {
  const read = record({ count: uint(8), data: rest });
  expect(read.size).toEqual({ min: 1, max: Number.POSITIVE_INFINITY });
  expect(read.decode(Uint8Array.of(0))).toEqual({ count: 0, data: new Uint8Array() });
  expect(read.decode(Uint8Array.of(2, 7, 8))).toEqual({ count: 2, data: Uint8Array.of(7, 8) });
  expect(failure(() => read.decode(new Uint8Array()))).toMatchObject({ offset: 0 });
});

test("decoded bytes do not change with the buffer they came from", () => {
  const layout = record({ guid: bytes(2), tail: rest });
  const buffer = Uint8Array.of(1, 2, 3);
  const value = layout.decode(buffer);
  buffer.fill(0xff);
  expect(value).toEqual({ guid: Uint8Array.of(1, 2), tail: Uint8Array.of(3) });
});

test("a value that does not fit is refused with its field's name", () => {
  const layout = record({ small: uint(3), on: flag, _1: reserved(4), offset: int(16) });
  const good = { small: 7, on: true, offset: -32_768 };
  expect(layout.encode(good)).toEqual(Uint8Array.of(0x0f, 0x00, 0x80));
  const refused = (value: Partial<typeof good>) =>
    failure(() => layout.encode({ ...good, ...value }));
  for (const small of [8, -1, 1.5, Number.NaN]) {
    expect(refused({ small })).toMatchObject({ code: "FIELD_OUT_OF_RANGE", field: "small" });
  }
  expect(refused({ offset: 32_768 })).toMatchObject({ field: "offset" });
  expect(refused({ offset: -32_769 })).toMatchObject({ field: "offset" });

  const fixed = record({ guid: bytes(4) });
  const wrong = failure(() => fixed.encode({ guid: new Uint8Array(3) }));
  expect(wrong).toBeInstanceOf(FieldOutOfRange);
  expect(wrong).toMatchObject({ field: "guid" });
});

test("layouts that make no sense are refused when they are made", () => {
  expect(() => record({ odd: uint(7) })).toThrow("ends at a byte");
  expect(() => record({ bit: flag, guid: bytes(1), _1: reserved(7) })).toThrow("begin at a byte");
  expect(() => record({ data: rest, after: uint(8) })).toThrow("last field");
  expect(() => record({ data: rest }, { after: uint(8) })).toThrow("last field");
  expect(() => record({ a: uint(8) }, { data: rest })).toThrow("exclude each other");
});

test("types follow the layout", () => {
  const value: ValueOf<typeof identify> = { intervalS: 1 };
  const interval: number | undefined = value.intervalS;
  expect(interval).toBe(1);
  fc.assert(
    fc.property(bytesOf(4), (data) => {
      const { low, top, wide }: { low: number; top: boolean; wide: number } = packed.decode(data);
      expect(packed.decode(packed.encode({ low, top, wide }))).toEqual({ low, top, wide });
    }),
    RUNS,
  );
});

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
