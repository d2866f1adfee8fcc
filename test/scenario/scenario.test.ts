import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readScenario, runStackMatch, scenarioJsonSchema } from "../../src/lab/index.ts";
import { EVENT_NAMES } from "../../src/trace/event-names.ts";
import { GOOD, MISTAKES, READERS_OWN } from "./mistakes.ts";

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

test.each([
  ["1.001ms", 1_001],
  ["0.000001s", 1],
  ["1.50min", 90_000_000],
  ["007us", 7],
  ["31536000s", 31_536_000_000_000],
])("%s is exactly %i µs", (text, us) => {
  expect(readScenario(GOOD.replace("until: 2s", `until: ${text}`), "good.yaml").until).toBe(us);
});

// Goal: each mistake gets a line with file, line and what would be right. Method: one mistake each.
describe("mistakes", () => {
  test.each([...MISTAKES, ...READERS_OWN])("$what", ({ right, wrong, message }) => {
    const text = GOOD.replace(right, wrong);
    expect(text).not.toBe(GOOD);
    expect(() => readScenario(text, "good.yaml")).toThrow(message);
  });
});

describe("hostile texts", () => {
  const refusal = (text: string) => {
    try {
      readScenario(text, "bad.yaml");
    } catch (error) {
      return error instanceof Error ? `${error.constructor.name}: ${error.message}` : error;
    }
    return "read";
  };

  test("aliases that stand for ever more are refused in a line", () => {
    const doubling = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &b${i + 1} [*b${i}, *b${i}]`);
    const bomb = ["a0: &b0 [x, x]", ...doubling].join("\n");
    expect(refusal(bomb)).toMatch(/^ScenarioError: bad\.yaml:\d+: more than 200000 values, with/);
    const nested = Array.from({ length: 70 }, (_, i) => `a${i + 1}: &b${i + 1} [*b${i}]`);
    expect(refusal(["a0: &b0 [x]", ...nested].join("\n"))).toMatch(/more than 64 levels in each/);
    expect(refusal("a: &a [*a]\n")).toMatch(/^ScenarioError: bad\.yaml:1: \*a is a part of &a$/);
  });

  test("aliases that stand for something read as what they stand for", () => {
    const text = GOOD.replace(
      "times: 3, every: 1ms",
      "times: 3, every: &ms 1ms }\n      - { sleep: *ms",
    );
    expect(readScenario(text, "good.yaml").workload[0]?.steps[1]?.sleep).toBe(1_000);
  });

  test("a file is not longer than 256 KiB, and of many mistakes the first are told", () => {
    const many = (count: number) =>
      `${GOOD}${Array.from({ length: count }, (_, i) => `k${i}: x\n`).join("")}`;
    expect(refusal(many(200_000))).toMatch(/: \d+ characters are too many: 262144 are the most$/);
    expect(refusal(many(20_000))).toMatch(/unknown field "k0", .* and 19992 more; known are name/);
    const steps = "      - { sleep: 1h }\n".repeat(1_000);
    const lines = refusal(GOOD.replace("faults:\n", `${steps}faults:\n`));
    expect(String(lines).split("\n")).toHaveLength(21);
  });

  test("levels in levels, and keys that objects have by themselves", () => {
    expect(refusal(`a: ${"[".repeat(100_000)}`)).toMatch(/^ScenarioError: bad\.yaml:1: not YAML/);
    expect(refusal(`${GOOD}__proto__: { polluted: yes }\n`)).toMatch(/^ScenarioError: .*__proto__/);
    expect(refusal(`${GOOD}constructor: x\n`)).toMatch(
      /^ScenarioError: .*unknown field "constructor"/,
    );
    expect(refusal("")).toMatch(/^ScenarioError: /);
  });

  test("what is no scenario is named as what it is", () => {
    const run = '# KCS-01\nformat: baseboard-run\nversion: "1"\n';
    expect(refusal(run)).toBe(
      "ScenarioError: bad.yaml: this is a run file, not a scenario: baseboard replay bad.yaml",
    );
    const trace = `{"format":"baseboard-trace","version":1}\n${"x".repeat(300_000)}`;
    expect(refusal(trace)).toBe(
      "ScenarioError: bad.yaml: this is a trace, not a scenario: baseboard replay bad.yaml",
    );
  });
});

test("a fault can wait for every event of the lab's but the end", () => {
  for (const name of EVENT_NAMES) {
    const text = GOOD.replace("at: 1.5s", `event: ${name}`);
    if (name === "end" || name === "gap") {
      expect(() => readScenario(text, "good.yaml")).toThrow(/expected one of/);
      continue;
    }
    expect(readScenario(text, "good.yaml").faults?.[0]?.when.event).toBe(name);
  }
});

test("times that are long are told in the units of people", () => {
  const text = GOOD.replace(
    "answer: { to: Get Device ID, code: d5 }",
    "wire: { spurious-interrupt: 250us }",
  );
  const texts: string[] = [];
  runStackMatch(readScenario(text.replace("at: 1.5s", "start: true"), "good.yaml"), {
    sinks: () => [{ event: (event) => void (event.e === "fault" && texts.push(event.text)) }],
  });
  expect(texts).toEqual(["spurious-interrupt 250 µs", "spurious-interrupt 250 µs"]);
});

test("the published JSON Schema is the present one", () => {
  const published = readFileSync(
    new URL("../../schema/scenario.schema.json", import.meta.url),
    "utf8",
  );
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});
