import { expect, test } from "vitest";
import { plainPlan, TriedFaults } from "../../../src/lab/explore/index.ts";

const FAULTS = [
  { bmc: { reset: { away: "3s", look: "error" } } },
  { bmc: { reset: { away: "3s", look: "hold" } } },
];

// Goal: two machines that share a search show what one would have shown. Method: the same runs in one part and
// in two, few and so many that events have to be put together.
test.each([30, 6_000])("%i runs come to the same in whatever parts they are had", (runs) => {
  const plans = Array.from({ length: runs }, (_, i) => ({
    isBroken: i % 7 === 0,
    plan: {
      ...plainPlan("", 0),
      inject: [{ at: (i * 13) % 5_000, fault: FAULTS[i % 2] ?? {} }],
    },
  }));
  const [whole, ...parts] = [new TriedFaults(), new TriedFaults(), new TriedFaults()];
  for (const [i, { plan, isBroken }] of plans.entries()) {
    whole.add(plan, isBroken);
    parts[i % 3 === 0 ? 0 : 1]?.add(plan, isBroken);
  }
  const together = new TriedFaults();
  for (const part of parts) together.takes(part.result());
  expect(together.result()).toEqual(whole.result());
  const { cells, faults, width } = whole.result();
  expect(cells.reduce((sum, [, , of]) => sum + of, 0)).toBe(runs);
  expect(cells.reduce((sum, [, , , of]) => sum + of, 0)).toBe(Math.ceil(runs / 7));
  expect(faults).toHaveLength(2);
  expect(width > 1).toBe(runs > 1_000);
  expect(cells.length).toBeLessThan(2_001);
});

test("more faults than cells, at one event, come to an end", () => {
  const tried = new TriedFaults();
  const before = Array.from({ length: 2_100 }, (_, i) => ({
    at: i % 2,
    fault: { bmc: { reset: { away: `${i + 1}ms`, look: "error" } } },
  }));
  tried.add({ ...plainPlan("", 0), inject: before }, false);
  const { cells, faults } = tried.result();
  expect(faults).toHaveLength(2_100);
  expect(cells).toHaveLength(2_100);
});
