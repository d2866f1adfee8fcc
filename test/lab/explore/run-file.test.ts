import { describe, expect, test } from "vitest";
import {
  plainPlan,
  readRunFile,
  runFileOf,
  traceHash,
  writeRunFile,
} from "../../../src/lab/explore/index.ts";
import { at, textOf, treeOf } from "../../../src/lab/explore/tree.ts";
import { lost, SMALL } from "./small.ts";

const plan = {
  ...plainPlan(textOf(treeOf(SMALL)), 12),
  inject: [
    { at: 77, fault: lost },
    { at: 400, after: "3s", fault: { wire: { stuck: { reg: "status", bits: "01", level: "1" } } } },
  ],
  delays: [{ from: 2, count: 5 }],
};
const file = runFileOf(plan, {
  ...traceHash(plan),
  breaches: [{ rule: "STACK-01", n: 7, detail: "a: # text, 'quoted'" }],
});
const text = writeRunFile(file, "what it is\nand more");

test("a run file gives back what was written, and its run the same trace", () => {
  const read = readRunFile(text, "x.yaml");
  expect(read).toEqual(file);
  expect(traceHash(read.plan).trace).toBe(file.trace);
  expect(text).toMatch(/^# what it is\n# and more\nformat: baseboard-run\nversion: "1"\n/);
});

test("a run file says who is judged, if that is not the host alone", () => {
  const judged = writeRunFile({ ...file, plan: { ...plan, judge: "both" } }, "");
  expect(readRunFile(judged, "x.yaml").plan).toEqual({ ...plan, judge: "both" });
  expect(text).not.toMatch(/judge:/);
});

test("a run file names a BMC whose driver was stopped, and where, and what was done there", () => {
  const stop = { at: 3, deed: "force-abort" } as const;
  const named = writeRunFile({ ...file, bmc: "linux:6.12.95", plan: { ...plan, stop } }, "");
  const read = readRunFile(named, "x.yaml");
  expect(read.bmc).toBe("linux:6.12.95");
  expect(read.plan).toEqual({ ...plan, stop });
  expect(text).not.toMatch(/^bmc:|stop:/m);
});

test("a run file names a host that is not our own stack", () => {
  const named = writeRunFile({ ...file, host: "linux:6.1.192" }, "");
  expect(readRunFile(named, "x.yaml").host).toBe("linux:6.1.192");
  expect(file.host).toBe("stack");
  expect(text).not.toMatch(/^host:/m);
});

test("a scenario may say one thing by as many aliases as the reader lets pass", () => {
  const many = Array.from({ length: 200 }, () => "*pause").join(", ");
  const pauses = `  - user: c\n    steps: [{ sleep: &ms 1ms }, &pause { sleep: *ms }, ${many}]\n`;
  const tree = treeOf(SMALL.replace("expect:", `${pauses}expect:`));
  expect(at(tree, ["workload", "2", "steps", "201", "sleep"])).toBe("1ms");
});

// Goal: a run file that cannot be used is refused with what is wrong. Method: one mistake each.
describe("bad run files", () => {
  test.each([
    ["not YAML", "format: [", /^x\.yaml:1: not YAML/],
    ["an alias of nothing", `${text}host: *nobody\n`, /^x\.yaml:\d+: .*nobody/],
    ["aliases without end", `${text}host: &a [*a]\n`, /^x\.yaml:\d+: \*a is a part of &a/],
    ["two documents", `${text}---\na: b\n`, /^x\.yaml:\d+: a second document begins here/],
    ["too long", `${text}# ${"x".repeat(4_194_304)}`, /characters are too many: 4194304 are the/],
    ["another document", "name: small\n", /not a run file: it has no "format: baseboard-run"/],
    ["another version", text.replace('"1"', '"2"'), /version 2; this program reads version 1/],
    ["an unknown field", text.replace("plan:", "extra: 1\nplan:"), /Unrecognized key: "extra"/],
    ["no plan", text.replace("plan:", "plane:"), /plan/],
    ["a bad seed", text.replace("seed: 12", "seed: -1"), /plan\.seed: "-1" is not a whole number/],
    ["a bad hash", text.replace(/trace: .*/, "trace: 00"), /expected\.trace: .*64 hexadecimal/],
    ["a bad fault", text.replace("silence", "silents"), /unknown field "silents"/],
    ["a bad scenario", text.replace("workload:", "workloads:"), /unknown field "workloads"/],
  ])("%s", (_what, changed, message) => {
    expect(() => readRunFile(changed, "x.yaml")).toThrow(message);
  });
});
