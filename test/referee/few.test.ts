import { describe, expect, test } from "vitest";
import { Draws } from "../../src/match/draws.ts";
import { Few, FewNumbers } from "../../src/referee/few.ts";

// Goal: few and many alike they are what the engine's own map and set are. Method: drawn steps on both,
// over a range of numbers that few are of, and one that many are of.
describe.each([8, 500])("numbers below %i", (limit) => {
  test("with values come and go as in a map", () => {
    const draws = new Draws(3, limit);
    const few = new Few<number>();
    const map = new Map<number, number>();
    for (let step = 0; step < 4_000; step++) {
      const number = draws.below(limit);
      if (draws.below(3) > 0) {
        few.set(number, step);
        map.set(number, step);
      } else {
        expect(few.delete(number)).toBe(map.delete(number));
      }
      if (draws.below(1_000) === 0) {
        few.clear();
        map.clear();
      }
      expect([few.size, few.has(number), few.get(number)]).toEqual([
        ...[map.size, map.has(number), map.get(number)],
      ]);
      if (step % 100 === 0) expect(few.values).toEqual([...map.values()]);
    }
  });

  test("alone come and go as in a set", () => {
    const draws = new Draws(4, limit);
    const few = new FewNumbers();
    const set = new Set<number>();
    for (let step = 0; step < 4_000; step++) {
      const number = draws.below(limit);
      if (draws.below(3) > 0) {
        few.add(number);
        set.add(number);
      } else {
        expect(few.delete(number)).toBe(set.delete(number));
      }
      expect([few.size, few.has(number)]).toEqual([set.size, set.has(number)]);
      if (step % 100 === 0) expect([...few.numbers]).toEqual([...set]);
    }
  });
});
