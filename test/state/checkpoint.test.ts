import { expect, test } from "vitest";
import { Checkpoint } from "../../src/state/checkpoint.ts";

class Counter {
  private _count = 0;
  readonly log: string[] = [];
  peer: Counter | undefined;

  up(text: string): void {
    this._count++;
    this.log.push(text);
  }

  get count(): number {
    return this._count;
  }
}

test("puts back fields, private ones too, of all that hangs on the roots", () => {
  const one = new Counter();
  one.peer = new Counter();
  one.peer.peer = one;
  one.peer.up("first");
  const { peer } = one;
  const checkpoint = new Checkpoint([one]);
  one.up("later");
  peer.up("later");
  one.peer = undefined;
  checkpoint.restore();
  expect([one.count, one.log, one.peer, peer.count, peer.log]).toEqual([0, [], peer, 1, ["first"]]);
});

test("puts back lists, maps, sets and bytes in place and in their order", () => {
  const list = [1, 2, 3];
  const map = new Map<string, number[]>([
    ["a", [1]],
    ["b", [2]],
  ]);
  const set = new Set(["x", "y"]);
  const bytes = Uint8Array.of(1, 2, 3);
  const inner = map.get("a");
  const checkpoint = new Checkpoint([list, map, set, bytes]);
  list.pop();
  map.delete("a");
  map.set("a", []);
  inner?.push(7);
  set.delete("x");
  set.add("x");
  bytes.fill(0);
  for (let again = 0; again < 2; again++) {
    checkpoint.restore();
    expect(list).toEqual([1, 2, 3]);
    expect([...map]).toEqual([
      ["a", [1]],
      ["b", [2]],
    ]);
    expect(map.get("a")).toBe(inner);
    expect([...set]).toEqual(["x", "y"]);
    expect([...bytes]).toEqual([1, 2, 3]);
    list.push(again, again);
    set.clear();
  }
});

test("what a record has got since is gone, and what it has lost is back", () => {
  const record: Record<string, number> = { kept: 1, lost: 2 };
  const checkpoint = new Checkpoint([record]);
  record["got"] = 3;
  delete record["lost"];
  checkpoint.restore();
  expect(record).toEqual({ kept: 1, lost: 2 });
});

test("functions that are bound to the objects stay right", () => {
  const counter = new Counter();
  const tasks = [() => counter.up("task")];
  const checkpoint = new Checkpoint([counter, tasks]);
  const task = tasks.pop();
  task?.();
  checkpoint.restore();
  tasks[0]?.();
  expect(counter.log).toEqual(["task"]);
});

test("what never changes is left out, and what is frozen", () => {
  const table = { a: 1 };
  const frozen = Object.freeze({ list: [1] });
  const checkpoint = new Checkpoint([{ table, frozen }], new Set([table]));
  table.a = 2;
  frozen.list.push(2);
  checkpoint.restore();
  expect([table.a, frozen.list]).toEqual([2, [1, 2]]);
  expect(checkpoint.size).toBe(1);
});

test("refuses what has a state that is no field", () => {
  for (const hidden of [new Date(0), Promise.resolve(), (function* () {})(), new WeakMap()]) {
    expect(() => new Checkpoint([{ hidden }])).toThrow("can be saved");
  }
});
