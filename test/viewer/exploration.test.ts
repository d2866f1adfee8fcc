import { describe, expect, test } from "vitest";
import { hashOfRuns, runsOfHash } from "../../viewer/exploration/address.ts";
import { ALL_RUNS, type Explored, runsOf } from "../../viewer/exploration/explored.ts";

const RUNS = [
  { index: 0, rule: "STACK-01", n: 50, faults: [["answer-lost", 10]] },
  { index: 3, rule: "STACK-02", n: 50, faults: [["reset", 40]] },
  {
    index: 4,
    rule: "STACK-01",
    n: 30,
    faults: [
      ["reset", 40],
      ["answer-lost", 20],
    ],
  },
] as const;
const EXPLORED = {
  firstBroken: RUNS.map(({ faults, ...run }) => ({
    ...run,
    detail: "",
    faults: faults.map(([fault, at]) => ({ fault, at })),
  })),
} as unknown as Explored;

describe("the broken runs of an exploration that fit", () => {
  const fit = (filter: Partial<typeof ALL_RUNS>) => {
    return runsOf(EXPLORED, { ...ALL_RUNS, ...filter }).map(({ index }) => index);
  };

  test("are all, or those of a rule or with a fault", () => {
    expect(fit({})).toEqual([0, 3, 4]);
    expect(fit({ rule: "STACK-01" })).toEqual([0, 4]);
    expect(fit({ fault: "answer-lost" })).toEqual([0, 4]);
  });

  test("a fault that fired after the breach did not precede it", () => {
    expect(fit({ without: "reset" })).toEqual([0, 4]);
    expect(fit({ without: "answer-lost" })).toEqual([3]);
  });

  test("the fault of a cell is the one that fired in it, not another one's of the run", () => {
    expect(fit({ events: [0, 19] })).toEqual([0]);
    expect(fit({ fault: "reset", events: [0, 39] })).toEqual([]);
    expect(fit({ fault: "reset", events: [40, 40] })).toEqual([3, 4]);
  });
});

test.each([
  { search: 0, filter: ALL_RUNS },
  { search: 1, filter: { ...ALL_RUNS, rule: "STACK-02", without: "a&b=c #1" } },
  { search: 0, filter: { ...ALL_RUNS, fault: "<img>", events: [8, 11] } },
] as const)("a link keeps which runs are shown: %#", (shown) => {
  expect(runsOfHash(`#${hashOfRuns(shown)}`, 2)).toEqual(shown);
});

test.each(["search=9", "search=0", "events=9-3", "events=x", "search=-1&colour=red", "%"])(
  "what a link says otherwise counts as not said: %s",
  (hash) => {
    expect(runsOfHash(`#${hash}`, 2)).toEqual({ search: 0, filter: ALL_RUNS });
  },
);
