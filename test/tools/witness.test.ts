import { describe, expect, test } from "vitest";
import { INTERFACES } from "../../src/lab/index.ts";
import { Draws } from "../../src/match/draws.ts";
import { subjectsOn } from "../../tools/judge/subjects.ts";
import { accusedBy, drawnPart, fromThere } from "../../tools/witness/part.ts";
import { recorded } from "../../tools/witness/recorded.ts";
import { WHOLLY } from "../../tools/witness/wholly.ts";

const DRAWS = 150;
const BEGINNINGS = 8;

// Goal: who saw a part of a match accuses nobody whom the whole does not. Method: a sample of what
// `npm run test:witness` has, the same each time.
describe.each(INTERFACES)("on %s nobody is accused by a part of what happened", (kind) => {
  const matches = subjectsOn(kind, (name) => WHOLLY.has(name)).map(recorded);

  test("whatever a witness saw of it", () => {
    const accused = Array.from({ length: DRAWS }, (_, index) => {
      const drawn = new Draws(5, index);
      const match = drawn.one(matches);
      return accusedBy(match, drawnPart(drawn, match));
    });
    expect(accused.flat()).toEqual([]);
  });

  test("wherever it begins", () => {
    const accused = matches.flatMap((match) => {
      const step = Math.ceil(match.events.length / BEGINNINGS);
      const places = Array.from({ length: BEGINNINGS - 1 }, (_, i) => 1 + i * step);
      return places.flatMap((from) => accusedBy(match, fromThere(from)));
    });
    expect(accused).toEqual([]);
  });
});

test("what a part shows wrong, it accuses", () => {
  const [match] = subjectsOn("kcs", (name) => name === "dead-channel").map(recorded);
  if (match === undefined) throw new Error("the catalogue has it");
  const innocent = { ...match, blamed: new Set<string>(), clears: new Set<string>() };
  expect(match.blamed).toEqual(new Set(["bmc"]));
  expect(accusedBy(innocent, fromThere(1))).not.toEqual([]);
});
