import fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_NAMES } from "../../src/trace/event-names.ts";
import { firstFrom, LANES, placeOf } from "../../viewer/trace/columns.ts";
import { LaneDetail } from "../../viewer/trace/detail.ts";
import { GrowingColumns } from "../../viewer/trace/growing-columns.ts";
import { lines } from "../trace/samples.ts";

const SAMPLES = lines.map(([body], n) => ({ n, t: n, ...body }));

// Goal: what is drawn at a pixel is what is there. Method: any times, counted one by one.
test("the density is what a count one by one gives", () => {
  const times = fc.array(fc.nat(1_000), { maxLength: 200 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(
      times,
      fc.nat(1_000),
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 50 }),
      (all, from, width, parts) => {
        const detail = new LaneDetail(wireAt(all));
        const span = [from, from + width] as const;
        const counts = new Uint32Array(parts);
        detail.density(2, span, counts);
        const inside = all.filter((t) => t >= span[0] && t < span[1]);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(inside.length);
        expect(detail.count(2, ...span)).toBe(inside.length);
        for (const [part, count] of counts.entries()) {
          const low = from + (part * width) / parts;
          const high = from + ((part + 1) * width) / parts;
          // A time at the very edge of two parts may be in either.
          const sure = inside.filter((t) => t > low + 1e-6 && t < high - 1e-6).length;
          const most = inside.filter((t) => t >= low - 1e-6 && t <= high + 1e-6).length;
          expect(count).toBeGreaterThanOrEqual(sure);
          expect(count).toBeLessThanOrEqual(most);
        }
      },
    ),
  );
});

test("the nearest event is the nearest, and an empty lane has none", () => {
  const detail = new LaneDetail(wireAt([10, 20, 100]));
  expect([0, 14, 16, 59, 61, 1_000].map((t) => detail.nearest(2, t)?.t)).toEqual([
    10, 10, 20, 20, 100, 100,
  ]);
  expect(detail.nearest(0, 10)).toBeUndefined();
});

test("marks are those in the span, at most as many as are wanted", () => {
  const detail = new LaneDetail(wireAt([10, 20, 30, 40]));
  expect(detail.marks(2, [20, 40], 10).map(({ at }) => at)).toEqual([1, 2, 3]);
  expect(detail.marks(2, [0, 40], 2).map(({ t }) => t)).toEqual([10, 20]);
});

test("each event has a lane and a party, and the columns grow with it", () => {
  const columns = new GrowingColumns();
  for (let round = 0; round < 300; round++) {
    for (const sample of SAMPLES)
      columns.add(sample, { transfer: round, status: 0, masked: false });
  }
  expect(columns.length).toBe(300 * SAMPLES.length);
  expect(columns.transfers[columns.length - 1]).toBe(299);
  for (const at of SAMPLES.keys()) {
    expect(columns.partyAt(at)).toBeDefined();
    expect(columns.nameAt(at)).toBe(SAMPLES[at]?.e);
  }
  const used = new Set(columns.shared().lanes);
  expect([...used].sort()).toEqual(LANES.map((_, lane) => lane));
  expect(EVENT_NAMES.length).toBeLessThan(256);
});

test("a number that no event has leads to the one before", () => {
  const columns = wireAt([1, 2, 3, 4]);
  columns.numbers.set([10, 20, 30, 40]);
  expect([0, 10, 15, 40, 99].map((n) => placeOf(columns, n))).toEqual([0, 0, 0, 3, 3]);
  expect(firstFrom([1, 2, 2, 3], 2)).toBe(1);
  expect(firstFrom([], 2)).toBe(0);
});

function wireAt(times: readonly number[]): GrowingColumns {
  const columns = new GrowingColumns();
  for (const [n, t] of times.entries()) {
    const event = { e: "bmc.write", n, t, value: 0 } as const;
    columns.add(event, { transfer: 0, status: 0, masked: false });
  }
  return columns;
}
