import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { NetFn } from "../../src/ipmi/command-table.ts";
import { HOSTS, readScenario, runStackMatch, whyNotFor } from "../../src/lab/index.ts";
import { AnswerBook } from "../../src/match/answer-book.ts";
import { misses } from "../../src/match/expectation.ts";

interface Parts {
  readonly steps?: string;
  readonly faults?: string;
  readonly expected?: string;
}

function scenarioOf({ steps = "{ request: Get Device ID }", faults = "[]", expected }: Parts) {
  const text = `
name: small
title: A small one
source: a test
story: Nothing.
until: 60s
workload: [{ user: a, steps: [${steps}] }]
faults: ${faults}
${expected === undefined ? "" : `expect: ${expected}`}
`;
  return readScenario(text, "small.yaml");
}

const missesOf = (parts: Parts) => runStackMatch(scenarioOf(parts)).misses;

describe("a fault, a cue or an answer that never met its moment is a miss", () => {
  const code = "answer: { to: Get Device ID, code: c3, times: 1 }";
  test.each([
    ["an event that never came", `when: { event: answer, count: 500 }, ${code}`, "x never fired"],
    ["a command that never came", `when: { command: Cold Reset }, ${code}`, "x never fired"],
    ["a part that no message has", `when: { part: 900 }, ${code}`, "x never fired"],
    [
      "an answer that was never to be given",
      "when: { start: true }, answer: { to: Get SDR, code: c3 }",
      "x fired, and there was nothing that it changed",
    ],
    [
      "a wire on which nothing more went",
      "when: { start: true }, wire: { corrupt: { direction: read, xor: 01, skip: 9000, count: 1 } }",
      "x fired, and there was nothing that it changed",
    ],
    [
      "a message for a channel that is not there",
      "when: { start: true }, bmc: { message: 0b 18 c8 20 04 01 db }",
      "x fired, and there was nothing that it changed",
    ],
  ])("%s", (_what, fault, miss) => {
    expect(missesOf({ faults: `[{ name: x, ${fault} }]` })).toEqual([miss]);
    expect(missesOf({ faults: `[{ name: x, may-miss: true, ${fault} }]` })).toEqual([]);
  });

  test("what met it is none", () => {
    expect(missesOf({ faults: `[{ when: { at: 0s }, ${code} }]` })).toEqual([]);
    const message = "bmc: { message: 00 18 c8 20 04 01 db }";
    expect(missesOf({ faults: `[{ when: { at: 0s }, ${message} }]` })).toEqual([]);
    const wire = "wire: { corrupt: { direction: read, xor: 01, count: 1 } }";
    expect(missesOf({ faults: `[{ when: { at: 0s }, ${wire} }]` })).toEqual([]);
  });
});

test("what is done at once cannot end after a while", () => {
  const faults = "[{ when: { at: 0s }, for: 1s, bmc: { daemon: restart } }]";
  expect(() => scenarioOf({ faults })).toThrow("faults[0].for: this is done at once");
});

test("a scenario may leave out what it expects", () => {
  const faults = "[{ when: { start: true }, answer: { to: any, silence: true } }]";
  const result = runStackMatch(scenarioOf({ faults }));
  expect(result.verdict.fault).toEqual(["bmc"]);
  expect(result.misses).toEqual([]);
});

// Goal: an effect of the party's own misdeed may be listed or not. Method: a response that is thrown at the
// wrong request (KCS-28), of which GEN-01 is what the host gets to see.
test.each([
  ["left out", "[KCS-28]", []],
  ["listed", "[KCS-28, GEN-01]", []],
  ["without its misdeed", "[GEN-01]", ["the bmc breaks KCS-28, which is not expected"]],
  [
    "of a rule that holds",
    "[KCS-28, GEN-02]",
    ["the bmc does not break GEN-02, which is expected"],
  ],
])("an effect that is %s", (_what, rules, expected) => {
  const text = readFileSync("scenarios/bridge-answers-twice.yaml", "utf8");
  const [asked = ""] = text.split("\nexpect:");
  const file = `${asked}\nexpect: { bmc: ${rules} }\n`;
  const { misses } = runStackMatch(readScenario(file, "bridge-answers-twice.yaml"));
  expect(misses).toEqual(expected);
});

describe("what may be expected of answers, of the log and of drivers", () => {
  const EVENT = "00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00";

  test("a host's refusal is told by its name", () => {
    const { verdict } = runStackMatch(scenarioOf({}));
    const book = new AnswerBook();
    const asked = { id: 1, netFn: NetFn.App, cmd: 0x01 };
    const head = { n: 0, t: 0, user: "a" };
    book.event({ ...head, e: "request", ...asked, lun: 0, data: new Uint8Array(0) });
    book.event({ ...head, e: "refused", ...asked, code: "EBUSY" });
    const answers = [{ user: "a", pick: "all" as const, code: 0 }];
    expect(misses({ answers }, verdict, { book, log: undefined, removals: 0 })).toEqual([
      "request 1 (Get Device ID by a) was refused with EBUSY, not 00h",
    ]);
  });

  test("answered once", () => {
    const answers = "{ user: a, pick: all, code: 00, once: true }";
    expect(missesOf({ expected: `{ answers: [${answers}] }` })).toEqual([]);
  });

  test("logged, so many times", () => {
    const faults = `[{ when: { at: 0s }, bmc: { event: ${EVENT}, times: 2 } }]`;
    const steps = "{ sleep: 1s }, { request: Get SEL Info }";
    const logged = (what: string) => {
      return missesOf({ faults, steps, expected: `{ logged: [{ ${what} }] }` });
    };
    expect(logged("bytes: 04 01 30 01 57")).toEqual([]);
    expect(logged("bytes: 04 01 30 01 57, times: 2")).toEqual([]);
    expect(logged("bytes: 04 01 30 01 57, times: 1")).toEqual([
      "the log has 2 records with 04 01 30 01 57, not 1",
    ]);
    expect(logged("bytes: 04 02 30")).toEqual([
      "the log has 0 records with 04 02 30, not one or more",
    ]);
    expect(logged("bytes: 04 02 30, times: 0")).toEqual([]);
  });

  test("that a driver could be taken away is asked of a kernel only", () => {
    const scenario = scenarioOf({ steps: "{ driver: remove }", expected: "{ removed: true }" });
    expect(whyNotFor(scenario, HOSTS.stack)).toContain("only a kernel can refuse to");
  });
});
