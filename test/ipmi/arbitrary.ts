import fc from "fast-check";
import type { FieldPlace, FieldValue, Layout } from "../../src/ipmi/record.ts";

const REST_BYTES_MAX = 24;

/** Every value that a layout can hold, each number of optional tails included. */
export function valuesOf<T>(layout: Layout<T>): fc.Arbitrary<Record<string, FieldValue>> {
  const tails = Math.max(0, ...layout.fields.map((place) => place.tail));
  return fc.integer({ min: 0, max: tails }).chain((present) => {
    const named = layout.fields.filter(
      (place) => place.tail <= present && place.kind !== "reserved",
    );
    return fc.record(Object.fromEntries(named.map((place) => [place.name, fieldValue(place)])));
  });
}

/** Bytes of every legal length. */
export function dataOf<T>(layout: Layout<T>): fc.Arbitrary<Uint8Array> {
  return fc.constantFrom(...legalLengths(layout)).chain((length) => bytesOf(length));
}

export function legalLengths<T>(layout: Layout<T>): number[] {
  const { min, max } = layout.size;
  const end = max === Number.POSITIVE_INFINITY ? min + REST_BYTES_MAX : max;
  const ends = new Set([min]);
  const last = layout.fields.at(-1);
  for (const [index, place] of layout.fields.entries()) {
    if (layout.fields[index + 1]?.tail !== place.tail && place !== last) {
      ends.add((place.bitOffset + place.bits) / 8);
    }
  }
  if (max === Number.POSITIVE_INFINITY) for (let at = min; at <= end; at++) ends.add(at);
  return [...ends.add(end)].sort((a, b) => a - b);
}

export function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

function fieldValue(place: FieldPlace): fc.Arbitrary<FieldValue> {
  switch (place.kind) {
    case "flag":
      return fc.boolean();
    case "uint":
    case "reserved":
      return fc.integer({ min: 0, max: 2 ** place.bits - 1 });
    case "int":
      return fc.integer({ min: -(2 ** (place.bits - 1)), max: 2 ** (place.bits - 1) - 1 });
    case "bytes":
      return bytesOf(place.bits / 8);
    case "rest":
      return fc.uint8Array({ maxLength: REST_BYTES_MAX });
  }
}

/** fast-check prints the seed with each failure; a fixed one makes every run the same. */
export const RUNS = { seed: 20_261_120, numRuns: 60 } as const;
