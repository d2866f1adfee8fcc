import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bmcSeat,
  type HostParty,
  hostSeat,
  playBetween,
  readScenario,
  whyNotBetween,
} from "../../src/lab/index.ts";
import { expectationFor } from "../../src/match/expectation.ts";
import type { BmcParty } from "../../src/match/party.ts";
import { playMatch } from "../../src/match/play.ts";
import { inOneGo, inTurns, type Steps, settled } from "../../src/match/steps.ts";
import { model } from "../../src/seats/model/party.ts";
import { stack } from "../../src/seats/stack/party.ts";
import type { TraceHead } from "../../src/trace/head.ts";
import { JsonLinesSink } from "../../src/trace/jsonl.ts";

const NAME = "a-right-match";
const TEXT = readFileSync(new URL(`../../scenarios/${NAME}.yaml`, import.meta.url), "utf8");
const SCENARIO = readScenario(TEXT, NAME);

// Goal: who drives a match makes no difference to it. Method: the same one in one go and in turns.
test("in one go and in turns a match has the same trace", async () => {
  const match = () => {
    const texts: string[] = [];
    const write = (text: string) => void texts.push(text);
    const options = { sinks: (head: TraceHead) => [new JsonLinesSink(head, write)] };
    return { steps: playMatch(SCENARIO, { host: stack, bmc: model }, options), texts };
  };
  const one = match();
  const other = match();
  inOneGo(one.steps);
  await inTurns(other.steps);
  expect(other.texts).toEqual(one.texts);
  expect(one.texts.length).toBeGreaterThan(100);
});

// Goal: a match knows nothing of who plays. Method: a BMC that is not ours to look into, laid out as
// the model is, by another name; it is left in any case, once.
describe("a BMC of somebody else's", () => {
  const left: string[] = [];
  const visitor = (join: BmcParty & { time: "lab" }): BmcParty => ({
    ...join,
    name: "visitor",
    join: async () => ({ leave: () => void left.push("left") }),
  });

  test("stands in the head by its name, and is left at the end", async () => {
    left.length = 0;
    const parties = { host: stack, bmc: visitor(model) };
    const { head, misses } = await playBetween(parties, SCENARIO);
    expect({ bmc: head.bmc, misses, left }).toEqual({ bmc: "visitor", misses: [], left: ["left"] });
  });

  test("is left when the host throws", async () => {
    left.length = 0;
    const throws: HostParty = {
      ...stack,
      lab: {
        clock: () => "virtual",
        enter: () => {
          throw new Error("the host broke");
        },
      },
    };
    const parties = { host: throws, bmc: visitor(model) };
    await expect(playBetween(parties, SCENARIO)).rejects.toThrow("the host broke");
    expect(left).toEqual(["left"]);
  });
});

test("two that have no time in common are no match, and nothing is begun", async () => {
  const { real: _, ...ofLab } = stack;
  const host: HostParty = { ...ofLab, name: "visitor" };
  const qemu = bmcSeat("qemu");
  if (qemu === undefined) throw new Error("there is a seat of that name");
  const why = "qemu plays in real time, and visitor cannot";
  expect(whyNotBetween(SCENARIO, host, qemu)).toBe(why);
  await expect(playBetween({ host, bmc: qemu }, SCENARIO)).rejects.toThrow(why);
});

test("a host is found by its seat's word, with a version where there are versions", () => {
  expect(hostSeat("stack")?.at.find(undefined)).toBe(stack);
  expect(hostSeat("linux:6.1")).toMatchObject({ at: { seat: "linux" }, which: "6.1" });
  for (const name of ["stack:1", "linux:", "windows", ""]) expect(hostSeat(name)).toBeUndefined();
  for (const name of ["real", "toString", ""]) expect(bmcSeat(name)).toBeUndefined();
});

// Goal: what differs by seat and by interface is taken in one order. Method: one of each.
test("what a seat makes differ on an interface counts before all else", () => {
  const expected = [
    "expect:",
    "  bmc: [KCS-01]",
    "  host: [KCS-02]",
    "  linux: { host: [KCS-03] }",
    "  stack: { host: [KCS-04] }",
    "  qemu-extern: { bmc: [KCS-05] }",
    "  on:",
    "    kcs: { host: [KCS-06], linux: { host: [] } }",
    "    bt: { host: [KCS-07] }",
  ].join("\n");
  const scenario = readScenario(TEXT.replace(/^expect:[\s\S]*/m, expected), NAME);
  expect(expectationFor(scenario, ["stack"])).toEqual({ bmc: ["KCS-01"], host: ["KCS-06"] });
  expect(expectationFor(scenario, ["linux"])).toEqual({ bmc: ["KCS-01"], host: [] });
  expect(expectationFor(scenario, ["stack", "qemu-extern"]).bmc).toEqual(["KCS-05"]);
  const elsewhere = { ...scenario, interface: "smic" } as const;
  expect(expectationFor(elsewhere, ["stack"]).host).toEqual(["KCS-04"]);
  expect(expectationFor(elsewhere, ["linux"]).host).toEqual(["KCS-03"]);
});

// Goal: what steps began is put away, whatever comes. Method: a wait that fails within a try.
test("what is waited for and fails is thrown where it was waited for", async () => {
  const seen: string[] = [];
  function* steps(): Steps<void> {
    try {
      yield* settled(Promise.reject(new Error("gone")));
    } finally {
      seen.push(yield* settled(Promise.resolve("put away")));
    }
  }
  await expect(inTurns(steps())).rejects.toThrow("gone");
  expect(seen).toEqual(["put away"]);
});
