import { describe, expect, test } from "vitest";
import { type Rung, Steps } from "../../src/explain/steps.ts";

/** Steps of rungs that say one letter each; a capital stays apart. */
function stepsOf(letters: string): Steps {
  const steps = new Steps();
  for (const [n, text] of [...letters].entries()) {
    steps.add(rung(text, n), text === text.toUpperCase());
  }
  return steps;
}

function rung(text: string, n: number, parts: Partial<Rung> = {}): Rung {
  return { n, t: 10 * n, lane: "host", subject: "", text, masked: false, ...parts };
}

/** `a 3(bc) d`: how it is told. */
function toldOf(steps: Steps): string {
  return steps.all
    .map(({ rungs, times }) => {
      const text = rungs.map((each) => each.text).join("");
      return times === 1 ? text : `${times}(${text})`;
    })
    .join(" ");
}

describe("what repeats is told once", () => {
  test.each([
    ["abcd", "a b c d"],
    ["abbc", "a b b c"],
    ["abbbc", "a 3(b) c"],
    ["abbbbbbc", "a 6(b) c"],
    ["ababab", "3(ab)"],
    ["abababac", "3(ab) a c"],
    ["xabcdefabcdefabcdefy", "x 3(abcdef) y"],
    ["abcabcab", "a b c a b c a b"],
    ["abbbbBbbb", "a 4(b) B 3(b)"],
    ["bBb", "b B b"],
  ])("%s: %s", (letters, told) => expect(toldOf(stepsOf(letters))).toBe(told));

  test("and it is said until when", () => {
    expect(stepsOf("aaaa").all).toMatchObject([{ times: 4, lastN: 3, lastUs: 30 }]);
  });
});

describe("what both faces show alike is one step", () => {
  const host = (n: number) => rung("write 02h, ack", n, { way: "out" });
  const bmc = (n: number) => rung("write 02h, ack", n, { way: "in", lane: "bmc" });

  test("whoever shows it first", () => {
    for (const [one, other] of [
      [host(1), bmc(2)],
      [bmc(1), host(2)],
    ] as const) {
      const steps = new Steps();
      steps.add(one);
      steps.add(other);
      expect(steps.all).toMatchObject([{ rungs: [{ lane: other.lane, both: true }] }]);
    }
  });

  test("but not with something between, and not for the event that is told of", () => {
    for (const [n, apart] of [
      [3, false],
      [2, true],
    ] as const) {
      const steps = new Steps();
      steps.add(bmc(1));
      steps.add(host(n), apart);
      expect(steps.length).toBe(2);
    }
  });
});

test("of very many steps those in the middle are counted only", () => {
  const steps = new Steps();
  for (let n = 0; n < 5_000; n++) steps.add(rung(String(n), n));
  expect(steps.length + steps.leftOut).toBe(5_000);
  expect(steps.length).toBeLessThan(1_000);
  expect(steps.all[0]?.lastN).toBe(0);
  expect(steps.all.at(-1)?.lastN).toBe(4_999);
});
