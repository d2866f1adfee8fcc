import { describe, expect, test } from "vitest";
import { Failure, Pace, Again as Repeat } from "../../../src/host/interfaces/machine.ts";
import {
  FakeMachine,
  LatchingMachine,
  LookingMachine,
  OverlappingMachine,
} from "./fake-machine.ts";
import { Bench, gaps } from "./runner-bench.ts";

const { Again, Later, Done, Failed } = Pace;

describe("a machine that carries several transactions", () => {
  test("gets as many as it has room for, and who joins others is told so", () => {
    const bench = new Bench(new OverlappingMachine()).put(1).put(2).put(3);
    bench.machine.paces = [Again, Again, Again];
    bench.runner.kick("kick");
    bench.run(0);
    expect(bench.events("send").map(({ id }) => id)).toEqual([1, 2]);
    expect(bench.asked).toEqual([false, true]);
  });

  test("that carries one at a time is given one at a time", () => {
    const bench = new Bench(new FakeMachine()).put(1).put(2);
    bench.machine.paces = [Again, Again, Done];
    bench.runner.kick("kick");
    bench.run(0);
    expect(bench.asked).toEqual([false, false]);
    expect(bench.outcomes.map(([id]) => id)).toEqual([1]);
  });

  test("goes on with what is under way when nothing waits", () => {
    const bench = new Bench(new OverlappingMachine());
    bench.go([Again, Again, Later]);
    expect(bench.asked).toEqual([false, true, true]);
    expect(bench.machine.steps.length).toBe(3);
    expect(bench.statistics.idles).toBe(0);
  });

  test("says whose end it was", () => {
    const bench = new Bench(new OverlappingMachine()).put(1).put(2);
    bench.machine.onStep = () => {
      bench.machine.ends = [0, 2, 1][bench.machine.steps.length - 1] ?? 0;
    };
    bench.machine.paces = [Again, Done, Done];
    bench.runner.kick("kick");
    bench.run(0);
    expect(bench.outcomes.map(([id]) => id)).toEqual([2, 1]);
  });

  test("does not end what is not under way", () => {
    const bench = new Bench(new OverlappingMachine());
    bench.machine.ends = 7;
    expect(() => bench.go([Done])).toThrow("what ends was under way");
  });

  test("says whose request the BMC is given", () => {
    const bench = new Bench(new OverlappingMachine()).put(1).put(2);
    const tags: number[] = [];
    bench.machine.onStep = () => {
      tags.push(bench.tags.request);
      bench.machine.sends = 1 + bench.machine.begun.length;
    };
    bench.machine.sends = 1;
    bench.machine.paces = [Again, Again];
    bench.runner.kick("kick");
    bench.run(0);
    expect(tags).toEqual([1, 2, 3]);
  });

  test("gets nothing beside what must not be sent twice", () => {
    const bench = new Bench(new OverlappingMachine()).put(1, Repeat.Reset).put(2);
    bench.machine.ends = 1;
    bench.machine.paces = [Again, Again, Again];
    bench.runner.kick("kick");
    bench.run(0);
    expect(bench.asked).toEqual([false]);
    expect(bench.events("send").map(({ id }) => id)).toEqual([1]);
  });

  test("that fails fails for all, and forgets them", () => {
    const bench = new Bench(new OverlappingMachine()).put(1).put(2);
    bench.machine.why = Failure.NoOutput;
    bench.machine.ends = 2;
    bench.machine.paces = [Again, Failed];
    bench.runner.kick("kick");
    bench.run(0);
    const failed = { kind: "failure", cc: 0x82, sent: true, failed: true };
    expect(bench.outcomes).toMatchObject([
      [2, failed],
      [1, failed],
    ]);
    expect(bench.machine.resets).toBe(1);
    expect(bench.runner.stop()).toEqual([]);
  });

  test("that fails with one transaction has nothing to forget", () => {
    const bench = new Bench(new FakeMachine()).go([Failed]);
    expect(bench.machine.resets).toBe(0);
  });

  test("that finds a request too long goes on with the others", () => {
    const bench = new Bench(new OverlappingMachine()).put(1).put(2);
    bench.machine.why = Failure.TooLong;
    bench.machine.ends = 1;
    bench.machine.paces = [Again, Failed];
    bench.runner.kick("kick");
    bench.run(0);
    const why = "the BMC takes no request of this length";
    const outcome = { kind: "failure", cc: 0xc8, maker: "host-interface", sent: false };
    expect(bench.outcomes).toEqual([[1, { ...outcome, failed: false, why }]]);
    expect(bench.machine.resets).toBe(0);
    expect(bench.runner.stop().map(({ id }) => id)).toEqual([2]);
  });
});

describe("a machine whose attention and interrupt the host takes back", () => {
  test("hears of interrupts, and of nothing else that makes it run", () => {
    const { runner, machine } = new Bench(new LatchingMachine());
    runner.kick("kick");
    runner.kick("irq");
    runner.setInterrupts(true);
    runner.setInterrupts(false);
    runner.takeAttention();
    for (let times = 0; times < 2; times++) runner.stop();
    expect(machine.told).toEqual([
      "interrupted",
      "interrupts true",
      "interrupts false",
      "attention taken",
      "withdrawn",
    ]);
    expect(runner.ownsAttention).toBe(true);
  });

  test("tells of attention also while a transaction is under way", () => {
    const bench = new Bench(new LatchingMachine());
    const seen: boolean[] = [];
    bench.machine.onStep = () => {
      for (const attends of [true, false]) {
        bench.machine.attends = attends;
        seen.push(bench.runner.attention(0));
      }
    };
    bench.go([Done]);
    expect(seen).toEqual([true, false]);
    expect(bench.machine.steps.length).toBe(1);
  });
});

describe("a machine without latches", () => {
  test("is told of none", () => {
    const { runner } = new Bench(new FakeMachine());
    runner.kick("irq");
    runner.takeAttention();
    expect(runner.ownsAttention).toBe(false);
  });

  test("has no attention while a transaction is under way", () => {
    const bench = new Bench(new FakeMachine());
    const seen: boolean[] = [];
    bench.machine.onStep = () => seen.push(bench.runner.attention(0));
    bench.go([]);
    expect(seen).toEqual([false]);
  });
});

test("output that no interrupt tells of is looked for as often as without interrupts", () => {
  const bench = new Bench(new LookingMachine());
  bench.runner.setInterrupts(true);
  bench.go([], 100);
  expect(gaps(bench).slice(0, 3)).toEqual([20, 20, 20]);
});
