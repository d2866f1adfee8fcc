import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readScenario, scenarioJsonSchema } from "../../src/lab/index.ts";
import { EVENT_NAMES } from "../../src/trace/event-names.ts";

const GOOD = `
name: good
title: A good one
source: a test
story: Nothing.
until: 2s
workload:
  - user: a
    steps:
      - { request: Get Device ID, times: 3, every: 1ms }
faults:
  - when: { at: 1.5s }
    answer: { to: Get Device ID, code: d5 }
expect: { bmc: [], host: [] }
`;

test("durations are µs, bytes are hexadecimal, commands are known by name", () => {
  const scenario = readScenario(GOOD, "good.yaml");
  expect(scenario.until).toBe(2_000_000);
  expect(scenario.workload[0]?.steps[0]).toMatchObject({
    request: { netFn: 6, cmd: 1, name: "Get Device ID" },
    times: 3,
    every: 1_000,
  });
  expect(scenario.faults?.[0]?.when.at).toBe(1_500_000);
  expect(scenario.faults?.[0]?.answer?.code).toBe(0xd5);
});

// Goal: each mistake gets a line with file, line and what would be right. Method: one mistake each.
test("a fault may wait for any event of a trace but its end", () => {
  for (const name of EVENT_NAMES) {
    const read = () => readScenario(GOOD.replace("at: 1.5s", `event: ${name}`), "it");
    if (name === "end") expect(read).toThrow("event");
    else expect(read().faults?.[0]?.when.event).toBe(name);
  }
});

describe("mistakes", () => {
  test.each([
    [
      "an unknown field",
      "until: 2s",
      "untill: 2s",
      /good\.yaml:6: unknown field "untill"; known are name, /,
    ],
    [
      "an unknown field inside",
      "code: d5",
      "cod: d5",
      /good\.yaml:13: faults\[0\]\.answer: unknown field "cod"; known are to, code/,
    ],
    [
      "a wrong unit",
      "until: 2s",
      "until: 2h",
      /good\.yaml:6: until: "2h" is not a duration: write a number and us, ms/,
    ],
    [
      "a duration without a unit",
      "until: 2s",
      "until: 2",
      /good\.yaml:6: until: "2" is not a duration/,
    ],
    [
      "an impossible byte",
      "code: d5",
      "code: 1d5",
      /good\.yaml:13: faults\[0\]\.answer\.code: "1d5" is not a byte/,
    ],
    [
      "a command that is none",
      "to: Get Device ID",
      "to: Get Devise ID",
      /good\.yaml:13: .*"Get Devise ID" is no command: write its name/,
    ],
    [
      "a count that is none",
      "times: 3",
      "times: many",
      /good\.yaml:10: .*"many" is not a whole number from 1/,
    ],
    [
      "two actions in one fault",
      "code: d5 }",
      "code: d5 }\n    attention: high",
      /good\.yaml:12: faults\[0\]: give one of answer, .*, host; answer and attention are given/,
    ],
    [
      "no action",
      "    answer: { to: Get Device ID, code: d5 }\n",
      "",
      /faults\[0\]: give one of answer, .*; none is given/,
    ],
    [
      "a missing field",
      "title: A good one\n",
      "",
      /good\.yaml:\d+: title: missing: string is needed/,
    ],
    [
      "a bad name",
      "name: good",
      "name: Not Good",
      /good\.yaml:2: name: a scenario's name is lower-case/,
    ],
    [
      "another interface",
      "until: 2s",
      "until: 2s\ninterface: warp",
      /good\.yaml:7: interface: expected one of kcs/,
    ],
    ["not YAML", "until: 2s", "until: [2s", /good\.yaml:\d+: not YAML/],
  ])("%s", (_what, right, wrong, message) => {
    const text = GOOD.replace(right, wrong);
    expect(text).not.toBe(GOOD);
    expect(() => readScenario(text, "good.yaml")).toThrow(message);
  });

  test("bytes that are none", () => {
    const text = GOOD.replace("code: d5", "data: 18 0g");
    expect(() => readScenario(text, "good.yaml")).toThrow(/good\.yaml:13: .*write bytes as 18 01/);
  });
});

test("the published JSON Schema is the present one", () => {
  const published = readFileSync(
    new URL("../../schema/scenario.schema.json", import.meta.url),
    "utf8",
  );
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});
