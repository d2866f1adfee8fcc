import { describe, expect, test } from "vitest";
import { Outcome } from "../../src/crash/results.ts";
import { hex } from "../../src/ipmi/message.ts";
import { CrashExploration } from "../../src/lab/crash/explore.ts";
import { judge } from "../../src/lab/crash/judge.ts";
import { labBounds } from "../../src/lab/crash/lab-bounds.ts";
import { crashedMachine } from "../../src/lab/crash/machine.ts";
import { type LabPlace, usualPlace } from "../../src/lab/crash/place.ts";
import { parsePoint, pointText } from "../../src/lab/crash/point.ts";
import { inOneGo } from "../../src/match/steps.ts";
import { COMMANDS } from "./bounds.ts";

/** Of the accesses, every so many: a prime, so that all steps of a handshake are met. `crash explore` has all. */
const EVERY = { io: 17, mem: 41 } as const;
/** On a bus there is less to try, but for the long waits of a kernel that died in one. */
const EVERY_ON_BUS = { breakage: 23, death: 797 } as const;

const IN_MEMORY: LabPlace = { at: "mem", kind: "kcs", base: 0xfeb0_0000, spacing: 4, width: 32 };
const PLACES: readonly (readonly [string, LabPlace])[] = [
  ...(["kcs", "smic", "bt", "ssif"] as const).map((kind) => [kind, usualPlace(kind)] as const),
  ["kcs in memory", IN_MEMORY],
];

// Goal: whatever a BMC does, and wherever the kernel before it died, the executor has an end, nothing is
// carried out twice that must not be, what it notes is true, all that could be delivered is, and the referee
// has nothing to say of it. Method: the product's own exploration.
describe.each(PLACES)("on %s", (_, place) => {
  const exploration = new CrashExploration({ place, commands: COMMANDS });

  test("nothing is wrong where nothing breaks", () => {
    expect(exploration.whole).toMatchObject({ delivered: COMMANDS.length, lost: [], broken: [] });
  });

  test.each(exploration.trials)("%s", (trial) => {
    const onBus = EVERY_ON_BUS[trial.startsWith("died") ? "death" : "breakage"];
    const every = place.at === "i801" ? onBus : EVERY[place.at];
    const tally = inOneGo(exploration.explore(trial, { every }));
    const { first, last } = exploration.range(trial);
    expect(tally.runs).toBe(Math.floor((last - first) / every) + 1);
    expect(tally.commands).toBe(tally.runs * COMMANDS.length);
    expect(tally.broken.map(({ point, broken }) => [point, broken])).toEqual([]);
    expect(tally).toMatchObject({ overBudget: 0, twice: 0 });
    if (trial.startsWith("died")) expect(tally.delivered).toBe(tally.commands);
  });

  test("what breaks shows", () => {
    const every = place.at === "i801" ? EVERY_ON_BUS.breakage : EVERY[place.at];
    const stops = inOneGo(exploration.explore("stops", { every }));
    expect(stops.delivered).toBeLessThan(stops.commands);
    expect(stops.lost.NotTaken).toBeGreaterThan(0);
    const gone = inOneGo(exploration.explore("gone", { every }));
    // A BMC that is gone from a bus leaves a controller that is there.
    expect(gone.lost[place.at === "i801" ? "NotTaken" : "Absent"]).toBeGreaterThan(0);
  });
});

// Goal: the judge's complaints are no ornament. Method: runs that are right, judged as if something else had
// been promised, or with one fact changed.
describe("an executor that is not right", () => {
  const late = { trial: "late", at: 150 } as const;
  const setup = { place: usualPlace("kcs"), bounds: labBounds("kcs") } as const;
  const right = crashedMachine({ ...setup, commands: COMMANDS });

  test("sends twice what must not be: an answer that comes late shows it", () => {
    const careless = COMMANDS.map((each) => ({ ...each, once: false }));
    const exploration = new CrashExploration({ place: usualPlace("kcs"), commands: careless });
    const twice = Array.from({ length: 15 }, (_, index) => {
      const { run } = exploration.play({ ...late, at: 80 + 10 * index });
      return judge(COMMANDS, run, late);
    }).filter((each) => each.twice);
    expect(twice.length).toBeGreaterThan(0);
    expect(twice[0]?.broken.join()).toContain("Add SEL Entry was carried out more often");
  });

  test.each([
    ["goes on behind its budget", { tookUs: 5_000 }, "more than its budget"],
    ["says that something was done", { carriedOut: [] }, "never carried out"],
    ["has no end", { owed: ["it has no end"] }, "no end"],
  ])("%s", (_name, changed, why) => {
    expect(judge(COMMANDS, { ...right, ...changed }, undefined).broken.join()).toContain(why);
  });

  test.each([
    [Outcome.NotTaken, "noted as not taken, and was carried out"],
    [Outcome.NotAnswered, "was lost, and a BMC was there"],
  ])("notes outcome %i of what was done", (outcome, why) => {
    const commands = right.results.commands.map((each) => ({ ...each, outcome }));
    const run = { ...right, results: { ...right.results, commands } };
    expect(judge(COMMANDS, run, undefined).broken.join()).toContain(why);
  });

  test("is excused one command that must not go twice, of those in which the BMC broke", () => {
    const commands = right.results.commands.map((each, index) => {
      return index === 0 ? each : { ...each, outcome: Outcome.NotAnswered };
    });
    const run = { ...right, results: { ...right.results, commands } };
    const { broken } = judge(COMMANDS, run, late);
    expect(broken).toHaveLength(1);
    expect(judge(COMMANDS, run, { trial: "silent", at: 1 }).broken).toEqual([]);
  });
});

test("the same point plays the same run", () => {
  const play = () => {
    const exploration = new CrashExploration({ place: usualPlace("bt"), commands: COMMANDS });
    const { run } = exploration.play({ trial: "resets", at: 40 });
    return [run.accesses, run.results, run.carriedOut.map(hex)];
  };
  expect(play()).toEqual(play());
});

test("a point is written and read", () => {
  const point = { trial: "gone-for-a-while", at: 12 } as const;
  expect(parsePoint(pointText(point))).toEqual(point);
  for (const text of ["", "resets", "resets@", "resets@-1", "resets@1@2", "other@1", "@1"]) {
    expect(parsePoint(text), text).toBeUndefined();
  }
});
