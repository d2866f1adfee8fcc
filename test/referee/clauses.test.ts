import { expect, test } from "vitest";
import { clauses } from "../../src/referee/clauses/index.ts";
import { rules } from "../../src/referee/index.ts";

const known = new Set(rules.map(({ id }) => id));

test("each clause is there once, and has a rule or a reason why it has none", () => {
  const ids = clauses.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const neither = clauses.filter(({ heldBy, none }) => heldBy.length === 0 && none === undefined);
  expect(neither.map(({ id }) => id)).toEqual([]);
});

test("a clause that has a rule of its own gives no reason why it has none", () => {
  const both = clauses.filter(({ id, heldBy, none }) => heldBy.includes(id) && none !== undefined);
  expect(both.map(({ id }) => id)).toEqual([]);
});

test("a clause is held by rules that are there", () => {
  expect(clauses.flatMap(({ heldBy }) => heldBy).filter((id) => !known.has(id))).toEqual([]);
});

test("every rule of the specification holds a clause", () => {
  const held = new Set(clauses.flatMap(({ heldBy }) => heldBy));
  const idle = rules.filter(({ id, observable }) => {
    return observable && !id.startsWith("STACK-") && !held.has(id);
  });
  expect(idle.map(({ id }) => id)).toEqual([]);
});
