import { expect, test } from "vitest";
import { SequenceTable } from "../../../src/host/messages/sequence-table.ts";

test("numbers go round, and a free one comes back as late as possible", () => {
  const table = new SequenceTable<{ sequence: number }>();
  const add = () => table.add((sequence) => ({ sequence }));
  const first = add();
  expect(first?.sequence).toBe(0);
  if (first !== undefined) expect(table.remove(0, first)).toBe(true);
  for (let n = 1; n < 64; n++) expect(add()?.sequence).toBe(n);
  expect(add()?.sequence).toBe(0);
  expect(table.full).toBe(true);
  expect(add()).toBeUndefined();
  expect(table.count).toBe(64);
});

test("a number is freed by its owner only", () => {
  const table = new SequenceTable<{ name: string }>();
  const a = { name: "a" };
  const b = { name: "b" };
  table.add(() => a);
  expect(table.remove(0, b)).toBe(false);
  expect(table.at(0)).toBe(a);
  expect(table.remove(0, a)).toBe(true);
  expect(table.remove(0, a)).toBe(false);
  expect(table.entries()).toEqual([]);
  expect(table.count).toBe(0);
});
