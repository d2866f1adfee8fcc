import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/referee/index.ts";
import { cases } from "./cases/all.ts";
import type { Case } from "./cases/case.ts";
import { named, refereeOf } from "./script.ts";

// Goal: each rule finds its breach, and says nothing of what comes near it.
// Method: traces that break the rule and traces that all but do, judged with all rules on.
describe.each(Object.keys(cases).sort())("%s", (id) => {
  const { fires = [], silent = [] } = cases[id] ?? {};
  test.each(fires)("fires: $name", (each: Case) => {
    expect(named(verdictOf(each))).toContain(`${id}${each.note ? "?" : each.wire ? "~" : ""}`);
  });
  test.each(silent)("is silent: $name", (each: Case) => {
    const found = named(verdictOf(each));
    expect(found).not.toContain(id);
    expect(found).not.toContain(`${id}?`);
  });
});

function verdictOf(each: Case) {
  return played(each).verdict();
}

function played({ script, faces = "both", promises = {}, host = "stack", ...rest }: Case) {
  const seats = { host, interface: rest.interface ?? "kcs" };
  return refereeOf(script, { faces, promises, seats });
}

// Goal: what the rules remember is all there to be compared, and nothing else makes a difference.
// Method: after each trace it is taken out; then the same trace once more, which must leave the same
// behind.
test("what the rules remember is in sight, and the same after the same trace", () => {
  const all = Object.values(cases).flatMap(({ fires, silent }) => [...fires, ...silent]);
  const seen = new Set<string>();
  for (const each of all) {
    const memory = played(each).memory();
    expect(isDeepStrictEqual(played(each).memory(), memory), each.name).toBe(true);
    for (const [id, fields] of memory) if (Object.keys(fields).length > 0) seen.add(id);
  }
  expect(seen.size).toBeGreaterThan(60);
}, 120_000);

test("every rule that can be checked has a case that fires and one that is silent", () => {
  const checked = rules.filter((rule) => rule.observable).map((rule) => rule.id);
  const shown = Object.keys(cases).filter((id) => {
    const each = cases[id];
    return each !== undefined && each.fires.length > 0 && each.silent.length > 0;
  });
  expect([...shown].sort()).toEqual([...checked].sort());
});

test("no two rules have the same id", () => {
  const ids = rules.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
});
