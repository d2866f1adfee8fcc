import { describe, expect, test } from "vitest";
import { ALLOWANCES, cases, check, plainScenario } from "../../src/check/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/lab/index.ts";
import { model } from "../../src/seats/model/party.ts";

const SEEDS = [0, 1, 2];

function checked(kind: InterfaceKind, seed: number) {
  const target = { bmc: model, scenario: plainScenario(kind), forUs: 0 };
  return check(target, { cases, allow: ALLOWANCES, seed });
}

// Goal: a right BMC gets no complaint. Method: ours, on each interface, in legal courses, with all cases.
describe.each(INTERFACES)("our own BMC on %s", (kind) => {
  test.each(SEEDS)("breaks nothing in course %i, and every case says something", async (seed) => {
    const { outcomes, claims, ownFaults, unreachable } = await checked(kind, seed);
    const bad = outcomes.filter(({ grade }) => !["conforms", "not claimed"].includes(grade));
    expect(bad).toEqual([]);
    expect({ ownFaults, unreachable }).toEqual({ ownFaults: [], unreachable: false });
    expect(claims.length).toBeGreaterThan(6);
    expect(claims.filter(({ agrees }) => !agrees)).toEqual([]);
    for (const { id, events } of outcomes) {
      expect(`${id} ${events.to > events.from}`).toBe(`${id} true`);
    }
  });
});

test("without allowances what writes, resets or switches is left, with the reason", async () => {
  const target = { bmc: model, scenario: plainScenario("kcs"), forUs: 0 };
  const { left, outcomes } = await check(target, { cases, allow: [] });
  const writing = cases.filter(({ needs }) => needs !== undefined);
  for (const { id, needs } of writing) {
    expect(left).toContainEqual(expect.objectContaining({ id, why: `needs --allow ${needs}` }));
    expect(outcomes.map((each) => each.id)).not.toContain(id);
  }
});

test("the ids of the cases are their own, and in chapters", () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
});
