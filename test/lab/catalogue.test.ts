import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  HOSTS,
  INTERFACES,
  type InterfaceKind,
  onInterface,
  readScenario,
  runStackMatch,
  type Scenario,
  whyNotFor,
} from "../../src/lab/index.ts";
import { rules } from "../../src/referee/index.ts";
import { run } from "./played.ts";

const FOLDER = new URL("../../scenarios/", import.meta.url);
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yaml"));
const scenarios = files.map((file): [string, Scenario, string] => {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  return [file, readScenario(text, file), text];
});

/** The entries of the field study that a match shows; docs/limits.md says why not the others. */
const COVERED = [
  ...["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11"],
  ...["F1", "F2", "F3", "F4", "F5", "F6"],
  ...["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M11", "M14", "M16", "M17", "M18", "M20"],
  ...["D1", "D2", "D3", "D4", "D5", "D6", "D7"],
  ...["P1", "P2", "P3", "P4", "P5", "P6"],
  ...["B1", "B2", "B3", "BB1", "BB2", "BB3"],
  ...["KB1", "KB3", "KB4", "KB6", "KB7", "KB8"],
  ...["S1", "S3", "S4", "S5", "S6", "S7", "S9", "S12", "S13"],
  ...["SB2", "SB3", "SB4", "SB5", "SB6", "SB7", "SB8", "SB9", "SB10", "SB11", "SB14"],
  ...["W3", "W4"],
];

test("the catalogue covers what it says it covers", () => {
  const covered = new Set(scenarios.flatMap(([, scenario]) => scenario.covers ?? []));
  expect(COVERED.filter((entry) => !covered.has(entry))).toEqual([]);
});

test.each(scenarios)("%s has its own name and expects rules that exist", (file, scenario) => {
  expect(file).toBe(`${scenario.name}.yaml`);
  const ids = new Set(rules.map((rule) => rule.id));
  const { on, ...everywhere } = scenario.expect ?? {};
  const expected = [everywhere, ...Object.values(on ?? {})]
    .flatMap((each) => [each, each.linux, each.qemu, each["qemu-extern"]])
    .flatMap((each) => [...(each?.bmc ?? []), ...(each?.host ?? [])]);
  expect(expected.filter((id) => !ids.has(id))).toEqual([]);
});

/** The scenarios that make sense on an interface, as they are played there. */
function playedOn(kind: InterfaceKind): typeof scenarios {
  return scenarios.flatMap(([file, , plain]): typeof scenarios => {
    const text = onInterface(plain, kind);
    const scenario = readScenario(text, file);
    const whyNot = whyNotFor(scenario, HOSTS.stack);
    return whyNot === undefined ? [[file, scenario, text]] : [];
  });
}

// Goal: our own stack survives every scenario on every interface, and a match is a pure function.
// Method: run each twice, look at the verdict, and compare the traces byte for byte.
describe.each(INTERFACES)("on our own stack, over %s", (kind) => {
  test.each(playedOn(kind))("%s", (_file, scenario, text) => {
    const first = run(scenario, text);
    expect(first.result.misses).toEqual([]);
    expect(first.result.verdict.violations.filter(({ party }) => party === "host")).toEqual([]);
    const second = run(scenario, text);
    expect(second.trace === first.trace).toBe(true);
  });
});

// A canary: a host that must be found guilty. A BMC that never answers, and a bound that nobody
// could keep, so that a referee that finds nothing is itself found out.
test("the referee finds the broken rule when it is broken", () => {
  const [, scenario] = scenarios.find(([file]) => file === "sticky-event-buffer.yaml") ?? [];
  if (scenario === undefined) throw new Error("the catalogue has sticky-event-buffer");
  const result = runStackMatch({ ...scenario, expect: { bmc: [], host: [] } });
  expect(result.misses).toEqual(["the bmc breaks MF-06, which is not expected"]);
});
