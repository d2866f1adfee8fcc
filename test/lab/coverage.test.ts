import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { coverageJson, coverageText } from "../../src/cli/report/coverage.ts";
import { coverageOf } from "../../src/lab/coverage.ts";
import { onInterface, readScenario } from "../../src/lab/index.ts";
import { clauses } from "../../src/referee/clauses/index.ts";

const TEXT = readFileSync(
  new URL("../../scenarios/sticky-event-buffer.yaml", import.meta.url),
  "utf8",
);
const subjects = (["kcs", "smic"] as const).map((kind) => {
  return { kind, scenario: readScenario(onInterface(TEXT, kind), "a test") };
});

test("where a rule fired is known by scenario and interface, and what never did, too", async () => {
  const rules = await coverageOf(subjects);
  const firingsOf = (id: string) => rules.find(({ rule }) => rule.id === id)?.firings;
  const fired = { scenario: "sticky-event-buffer", as: "violation" };
  expect(firingsOf("MF-06")).toEqual([
    { ...fired, interface: "kcs" },
    { ...fired, interface: "smic" },
  ]);
  expect(firingsOf("KCS-01")).toEqual([]);
});

test("the report has rules that fired and that did not, and clauses that none holds", async () => {
  const coverage = { matches: subjects.length, rules: await coverageOf(subjects), clauses };
  const text = coverageText(coverage);
  expect(text).toMatch(/^2 matches of our own stack$/m);
  expect(text).toMatch(/^MF-06 +kcs smic: sticky-event-buffer$/m);
  expect(text).toMatch(/^ {2}KCS-01 +host +The host writes to Command/m);
  expect(text).toMatch(/^ {2}GEN-06 +bmc .*\n +one wire shows one BMC/m);
  expect(text).toMatch(/^\d+ of \d+ rules fired; \d+ of \d+ clauses are held by a rule$/m);
  expect(coverageJson(coverage)).toMatchObject({
    rules: expect.arrayContaining([expect.objectContaining({ id: "MF-06", observable: true })]),
    clauses: expect.arrayContaining([
      expect.objectContaining({ id: "GEN-06", heldBy: [], none: expect.any(String) }),
    ]),
  });
});
