import { describe, expect, test } from "vitest";
import { KNOWN_FINDINGS, type KnownFinding } from "../../tools/fuzz/known.ts";
import { failureOf, search } from "../../tools/fuzz/search.ts";
import { Broken, target } from "../../tools/fuzz/target.ts";
import { TARGETS } from "../../tools/fuzz/targets.ts";

/** A product with a fault: it breaks when a 7 comes after a 3. */
const CANARY = target<null, number>({
  name: "canary",
  about: "must be found",
  unit: "numbers",
  draw: (random) => ({
    setting: null,
    steps: Array.from({ length: 20 }, () => random.below(12)),
  }),
  play: (_, steps) => {
    const three = steps.indexOf(3);
    if (three >= 0 && steps.indexOf(7, three) > three) throw new Broken(`a 7 after a 3`);
    return steps.length;
  },
});

const enough = (cases: number) => cases >= 50;

describe("the search", () => {
  test("finds a fault, leaves out all steps that it does not take, and says how to repeat it", async () => {
    const figures = await search(CANARY, { seed: 1, enough });
    expect(figures.findings).toHaveLength(1);
    const [finding] = figures.findings;
    expect(finding?.steps).toBe("null\n3\n7");
    expect(finding?.count).toBeGreaterThan(1);
    const command = /^npm run fuzz -- canary --seed 1 --one (\d+) --keep (\d+),(\d+)$/;
    const [, number, ...kept] = command.exec(finding?.command ?? "") ?? [];
    const again = await failureOf(CANARY.draw(1, Number(number)), kept.map(Number));
    expect(again).toEqual({ thrown: new Broken("a 7 after a 3") });
  });

  test("does the same under the same seed, and something else under another", async () => {
    const once = await search(CANARY, { seed: 5, enough });
    expect(await search(CANARY, { seed: 5, enough })).toEqual(once);
    expect(await search(CANARY, { seed: 6, enough })).not.toEqual(once);
  });

  test("does not count what is known", async () => {
    const known: KnownFinding = {
      targets: ["canary"],
      shows: /7 after a 3/,
      what: "a canary",
      repeat: "",
    };
    const { findings } = await search(CANARY, { seed: 1, enough, known: [known] });
    expect(findings.map((each) => each.known)).toEqual([known]);
  });
});

// Goal: each target runs, and its cases are functions of their numbers alone.
test.each(TARGETS.map((each) => [each.name, each] as const))("%s repeats", async (_, each) => {
  for (let number = 0; number < 3; number++) {
    const drawn = each.draw(3, number);
    const all = [...Array(drawn.steps).keys()];
    const once = await failureOf(drawn, all);
    expect(await failureOf(each.draw(3, number), all)).toEqual(once);
    expect(each.draw(3, number).text(all)).toBe(drawn.text(all));
  }
});

/** Target, seed, case and steps of what broke once, and is mended. */
const MENDED = [
  ["stack:kcs", 1, 24, [3, 5]],
  ["stack:kcs", 1, 152, [3, 5]],
  ["stack:kcs", 2, 351, [0, 2]],
  ["stack:kcs", 2, 78, [0, 2, 3]],
  ["stack:kcs", 2, 477, [17]],
  ["stack:kcs", 3, 1048, [1, 2, 3, 4, 5, 6]],
  ["stack:kcs", 4, 3348, [2, 4, 5, 6, 12, 13, 17, 18]],
  ["stack:smic", 1, 1534, [4, 6, 8, 9, 10, 11]],
  ["stack:smic", 1, 1667, [0, 1, 4]],
  ["stack:bt", 1, 24, [0, 1]],
  ["stack:bt", 1, 52, [0, 9, 10]],
  ["stack:bt", 1, 115, [0]],
  ["stack:bt", 1, 109, [3, 5, 6]],
  ["stack:bt", 1, 625, [3, 4, 5, 6]],
  ["stack:bt", 2, 1322, [4, 5, 6, 7, 9, 10, 14]],
  ["stack:bt", 2, 1734, [0, 1, 2, 7]],
  ["stack:bt", 4, 48, [0, 2, 3]],
  ["stack:bt", 2, 454, [1, 2, 3, 4, 5, 7, 8, 9, 13]],
  ["stack:bt", 4, 963, [0, 1, 3, 7, 8, 15]],
  ["stack:bt", 5, 151, [4, 6, 7, 8, 18, 19]],
  ["stack:ssif", 1, 0, [4, 14]],
  ["stack:ssif", 1, 678, [1, 2, 3]],
  ["stack:ssif", 1, 1338, [0, 4, 7, 8]],
  ["stack:ssif", 1, 1561, [2, 3, 6, 7, 10, 17]],
  ["stack:ssif", 2, 62, [2, 5, 8, 9, 10, 12]],
  ["stack:ssif", 5, 452, [0, 1, 2, 4, 7, 8]],
  ["stack:ssif", 1, 6036, [5, 9, 16, 17, 21, 24]],
  ["bmc:smic", 1, 2123, [128, 135, 139]],
] as const;

test.each(MENDED)("%s holds with seed %i, case %i", async (name, seed, number, kept) => {
  const [found] = TARGETS.filter((each) => each.name === name);
  const outcome = found === undefined ? "no target" : failureOf(found.draw(seed, number), kept);
  expect(await outcome).toEqual({ inputs: expect.any(Number) });
});

test("the list of what is known only shrinks", () => {
  expect(KNOWN_FINDINGS.length).toBe(0);
  for (const { targets } of KNOWN_FINDINGS) {
    for (const name of targets) expect(TARGETS.map((each) => each.name)).toContain(name);
  }
});
