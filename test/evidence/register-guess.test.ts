import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RegisterGuess } from "../../src/evidence/assemble/register-guess.ts";
import type { Access } from "../../src/evidence/sighting.ts";
import { asTracefs, playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const NAMES = ["a-right-match", "long-messages", "cold-reset-unseen", "attention-stuck"];
const LENGTHS = [3, 10, 64, 65, 200, 1_000];

// Goal: a wrong guess would accuse everybody, so what is guessed is right, wherever a capture begins and
// however short it is. Method: stretches of matches of the lab, from every thirteenth access on.
describe.each([["kcs"], ["smic"], ["bt"]] as const)("of %s", (kind) => {
  test.each(NAMES)("no stretch of %s is taken for another interface", (name) => {
    const all = accesses(name);
    let known = 0;
    for (let from = 0; from < all.length; from += 13) {
      for (const length of LENGTHS) {
        const guess = new RegisterGuess();
        for (const access of all.slice(from, from + length)) {
          guess.take(access);
          const { sure = kind } = guess;
          if (sure !== kind) throw new Error(`${from}, ${length}: ${sure}`);
        }
        expect([from, length, guess.best ?? kind]).toEqual([from, length, kind]);
        if (guess.best !== undefined) known++;
      }
    }
    expect(known).toBeGreaterThan(0);
  });

  function accesses(name: string): readonly Access[] {
    const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
    const match = playedMatch(readFileSync(file, "utf8"), name, kind);
    const { sightings } = told(asTracefs(match).join("\n"));
    return sightings.filter(
      (each): each is Access => each.what === "read" || each.what === "write",
    );
  }
});
