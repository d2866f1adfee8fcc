import { describe, expect, test } from "vitest";
import { Failure, Pace, Refusal, Again as Repeat } from "../../../src/host/interfaces/machine.ts";
import { FakeMachine } from "./fake-machine.ts";
import { Bench, gaps } from "./runner-bench.ts";

const NEVER_US = Number.POSITIVE_INFINITY;
const { Again, Later, Idle, Attention, Done, Failed, Rest } = Pace;

describe("polls", () => {
  /** A share of what was waited so far, between the least and the longest wait. */
  function expected(leastUs: number, count: number): number[] {
    let waitedUs = 0;
    return Array.from({ length: count }, () => {
      const gapUs = Math.min(Math.max(Math.floor(waitedUs / 4), leastUs), 10_000);
      waitedUs += gapUs;
      return gapUs;
    });
  }

  test.each([
    [false, 20],
    [true, 1_000],
  ])("become rarer with the time that was waited (interrupts: %s)", (interrupts, leastUs) => {
    const bench = new Bench(new FakeMachine());
    bench.runner.setInterrupts(interrupts);
    bench.go([], 100_000);
    const seen = gaps(bench);
    expect(seen).toEqual(expected(leastUs, seen.length));
    expect(seen[0]).toBe(leastUs);
    expect(seen.at(-1)).toBe(10_000);
    const long = seen.filter((us) => us === 10_000).length;
    const { short_timeouts, long_timeouts } = bench.statistics;
    // The wait that goes on yet is a long one, too.
    expect([short_timeouts, long_timeouts]).toEqual([seen.length - long, long + 1]);
  });

  test("begin anew when the BMC has acted, and with each transfer", () => {
    const acts = [...Array<Pace>(30).fill(Later), Again, Later, Done, Later];
    const bench = new Bench(new FakeMachine()).put(2).go(acts, 1_000_000);
    const [first, second] = [gaps(bench).slice(0, 30), gaps(bench).slice(30)];
    expect(first.at(-1)).toBeGreaterThan(1_000);
    expect(second.slice(0, 4)).toEqual([0, 20, 0, 20]);
  });

  test("are no later than when the machine's own wait ends", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.wakeUs = 130;
    bench.machine.onStep = () => {
      if (bench.time.nowUs === 130) bench.machine.paces = [Failed];
    };
    bench.go([], 1_000);
    expect(bench.machine.steps.at(-1)).toBe(130);
    expect(bench.machine.steps.length).toBeGreaterThan(3);
  });

  test("do not come while the BMC is left alone", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.wakeUs = 70_000;
    bench.go([Rest, Done], 1_000_000);
    expect(bench.machine.steps).toEqual([0, 70_000]);
    expect(bench.statistics).toMatchObject({ long_timeouts: 1, short_timeouts: 0 });
  });
});

describe("a run", () => {
  test("has so many steps, and gives the processor back at once", () => {
    const bench = new Bench(new FakeMachine());
    const others: number[] = [];
    bench.machine.onStep = () => {
      if (bench.machine.steps.length !== 32) return;
      bench.lane.at(0, "others", () => others.push(bench.machine.steps.length));
    };
    bench.go([...Array<Pace>(80).fill(Again), Done]);
    expect(others).toEqual([32]);
    expect(bench.machine.steps).toEqual(Array<number>(81).fill(0));
    const runs = bench.events("run").map(({ on, cause }) => [on, cause]);
    expect(runs).toEqual([
      [true, "kick"],
      [false, "kick"],
      ...[1, 2].flatMap(() => [
        [true, "timer"],
        [false, "timer"],
      ]),
    ]);
  });

  test("takes one transfer to its end, and the next begins in another", () => {
    const bench = new Bench(new FakeMachine()).put(2).go([Done, Done]);
    const told = bench.recorder.events.map((event) => {
      return event.e === "run" ? (event.on ? "(" : ")") : event.e;
    });
    expect(told.join(" ")).toBe("( send received ) ( send received )");
    expect(bench.outcomes.map(([id]) => id)).toEqual([2, 1]);
    expect(bench.statistics).toMatchObject({ complete_transactions: 2, idles: 0 });
  });

  test("does not come about when there is nothing to do", () => {
    const bench = new Bench(new FakeMachine());
    bench.runner.kick("irq");
    bench.run(1_000);
    expect(bench.recorder.events).toEqual([]);
    expect(bench.statistics.idles).toBe(0);
    expect(bench.machine.steps).toEqual([]);
  });

  test("of an idle machine comes again when the chooser wants it", () => {
    const bench = new Bench(new FakeMachine());
    bench.looksForAttention = true;
    bench.idleUs = 500;
    bench.machine.paces = [Idle, Attention];
    bench.runner.kick("kick");
    bench.run(499);
    expect(bench.attentions).toEqual([false]);
    bench.idleUs = NEVER_US;
    bench.run(1_000_000);
    expect(bench.attentions).toEqual([false, true]);
    expect(bench.machine.steps).toEqual([0, 500]);
    expect(bench.statistics.idles).toBe(2);
  });

  test("that is asked for earlier comes earlier, and no other in its place", () => {
    const bench = new Bench(new FakeMachine()).go([]);
    bench.run(5);
    bench.runner.kick("irq");
    bench.runner.kick("irq");
    bench.run(14);
    expect(bench.machine.steps).toEqual([0, 5]);
    expect(bench.events("run").at(-1)?.cause).toBe("irq");
    bench.run(6);
    expect(bench.machine.steps).toEqual([0, 5, 25]);
  });

  test("that is asked for within another comes behind it, before any poll", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.onStep = () => {
      if (bench.machine.steps.length === 1) bench.runner.kick("irq");
    };
    bench.go([], 19);
    expect(bench.machine.steps).toEqual([0, 0]);
    expect(bench.events("run").map(({ cause }) => cause)).toEqual(["kick", "kick", "irq", "irq"]);
  });

  test("that is asked for twice at a time has the first one's cause", () => {
    const bench = new Bench(new FakeMachine()).put(1);
    bench.runner.kick("kick");
    bench.runner.kick("irq");
    bench.run(0);
    expect(bench.events("run").map(({ cause }) => cause)).toEqual(["kick", "kick"]);
  });

  test("never runs within another", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.onStep = () => bench.runner.flush(NEVER_US, () => {});
    expect(() => bench.go([])).toThrow("one run at a time");
  });
});

test("attention is looked for within a run only", () => {
  const { runner } = new Bench(new FakeMachine());
  expect(() => runner.attention(0)).toThrow("within a run");
});

describe("a transfer", () => {
  test("is given to the machine as it is, and carries its id to the BMC", () => {
    const bench = new Bench(new FakeMachine());
    bench.run(7);
    bench.put(9, Repeat.Reset).go([]);
    expect(bench.machine.begun).toEqual([[[0x18, 9], 7, Repeat.Reset]]);
    expect(bench.tags.request).toBe(9);
    expect(bench.events("send")).toMatchObject([{ id: 9, message: Uint8Array.of(0x18, 9) }]);
  });

  test("ends with the response, which is the transfer's own from then on", () => {
    const bench = new Bench(new FakeMachine());
    bench.tags.response = 77;
    bench.go([Done]);
    bench.machine.answer.fill(0xee);
    const message = Uint8Array.of(0x1c, 0x01, 0x00, 0x07);
    expect(bench.outcomes).toEqual([[1, { kind: "response", message, tag: 77 }]]);
    expect(bench.events("received")).toMatchObject([{ id: 1, tag: 77, message }]);
    expect(bench.statistics.complete_transactions).toBe(1);
  });

  test.each([
    ["cut off", 4, true, 0xc6],
    ["of no byte", 0, false, 0xff],
    ["of two bytes", 2, false, 0xff],
  ])("whose response is %s ends without one", (_, bytes, cut, cc) => {
    const bench = new Bench(new FakeMachine());
    bench.machine.answerBytes = bytes;
    bench.machine.cut = cut;
    bench.go([Done]);
    const why = "the response is not usable";
    const outcome = { kind: "failure", cc, maker: "host-interface", sent: true, failed: false };
    expect(bench.outcomes).toEqual([[1, { ...outcome, why }]]);
    expect(bench.statistics.complete_transactions).toBe(0);
  });

  test("whose response is of three bytes is whole", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.answerBytes = 3;
    expect(bench.go([Done]).outcomes).toMatchObject([[1, { kind: "response" }]]);
  });

  test("that fails says why, and that the interface failed", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.why = Failure.NoOutput;
    bench.go([Failed]);
    const outcome = { kind: "failure", cc: 0x82, maker: "host-interface", sent: true };
    const why = "the BMC did not give a byte in time";
    expect(bench.outcomes).toEqual([[1, { ...outcome, failed: true, why }]]);
    expect(bench.events("received")).toEqual([]);
    expect(bench.statistics.complete_transactions).toBe(0);
  });

  test("that the interface does not carry ends unsent, and the next one goes", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.refusals = [Refusal.TooLong];
    bench.put(2).go([Done]);
    const outcome = { kind: "failure", cc: 0xc8, maker: "host-interface", sent: false };
    const why = "the request is too long";
    expect(bench.outcomes[0]).toEqual([2, { ...outcome, failed: false, why }]);
    expect(bench.outcomes[1]).toMatchObject([1, { kind: "response" }]);
    expect(bench.events("send").map(({ id }) => id)).toEqual([1]);
  });

  test("is never given to a busy machine", () => {
    const bench = new Bench(new FakeMachine());
    bench.machine.refusals = [Refusal.Busy];
    expect(() => bench.go([])).toThrow("takes a request");
  });

  test.each([Idle, Attention])("is not lost by a machine that says %i", (pace) => {
    expect(() => new Bench(new FakeMachine()).go([pace])).toThrow("is not idle");
  });
});

test("each recovery is told once, with what it was for", () => {
  const bench = new Bench(new FakeMachine());
  bench.machine.onStep = () => {
    if (bench.machine.steps.length % 3 !== 2) return;
    bench.machine.recovered++;
    bench.machine.why = bench.machine.recovered === 1 ? Failure.NotReady : Failure.WrongPhase;
  };
  bench.go([Again, Again, Again, Again, Again, Again, Failed]);
  const told = bench.events("host").map(({ what, text }) => [what, text]);
  expect(told).toEqual([
    ["recovery", "the BMC was not ready for a transfer"],
    ["recovery", "the BMC left the phase of the transfer"],
  ]);
});

test.each([
  ["three recoveries at a stretch", 3, 0, 1],
  ["one recovery", 1, 990_000, 0],
  ["one behind a second of silence", 1, 1_000_000, 1],
  ["silence alone", 0, 4_000_000, 0],
])("%s: whether the BMC may have been away", (_what, recoveries, silenceUs, orders) => {
  const bench = new Bench(new FakeMachine());
  // What went before is no part of it.
  bench.go([Done], 3_000_000).go([], silenceUs);
  bench.machine.recovered = recoveries;
  bench.machine.paces = [Done];
  bench.run(0);
  expect(bench.outcomes.length).toBe(1);
  bench.run(9_999);
  expect(bench.outcomes.length).toBe(2);
  expect(bench.orders).toBe(orders);
  bench.go([Done]);
  expect(bench.orders).toBe(orders);
});

test("a look whether anybody is there is a run of its own", () => {
  const bench = new Bench(new FakeMachine());
  for (const somebody of [true, false]) {
    bench.machine.somebody = somebody;
    expect(bench.runner.detect()).toBe(somebody);
  }
  expect(bench.machine.looks).toBe(2);
  const runs = bench.events("run").map(({ on, cause }) => [on, cause]);
  const look = [
    [true, "kick"],
    [false, "kick"],
  ];
  expect(runs).toEqual([...look, ...look]);
});

test("the machine's greeting, and its answer, go through as they are", () => {
  const { runner, machine } = new Bench(new FakeMachine());
  expect(runner.greeting()).toEqual({ cmd: 0x36, data: Uint8Array.of(1) });
  for (const data of [Uint8Array.of(3), undefined]) runner.greeted(data);
  expect(machine.heard).toEqual([Uint8Array.of(3), undefined]);
});

describe("a stop", () => {
  test("gives back what was under way, and touches no register any more", () => {
    const bench = new Bench(new FakeMachine()).put(2).go([]);
    const steps = bench.machine.steps.length;
    expect([bench.runner.stop()].flat().map((transfer) => transfer?.id)).toEqual([2]);
    expect(bench.lane.nextUs()).toBe(NEVER_US);
    bench.runner.kick("irq");
    expect(bench.lane.nextUs()).toBe(NEVER_US);
    expect(bench.runner.detect()).toBe(false);
    expect(bench.runner.flush(NEVER_US, () => {})).toBe(true);
    bench.run(1_000_000);
    expect([bench.machine.looks, bench.machine.steps.length]).toEqual([0, steps]);
    expect(bench.outcomes).toEqual([]);
  });

  // Method: the stop comes within a step; what that step says is not looked at any more.
  test.each([Again, Later, Rest, Done, Failed])(
    "within a step that gives %i ends the run",
    (pace) => {
      const bench = new Bench(new FakeMachine());
      bench.machine.onStep = () => {
        bench.machine.recovered++;
        bench.runner.stop();
      };
      bench.go([pace], 1_000_000);
      expect(bench.machine.steps).toEqual([0]);
      expect(bench.outcomes).toEqual([]);
      expect(bench.events("host")).toEqual([]);
      expect(bench.events("run").map(({ on }) => on)).toEqual([true, false]);
      const { short_timeouts, long_timeouts } = bench.statistics;
      expect(short_timeouts + long_timeouts).toBe(0);
    },
  );

  test("while attention is looked for gives none", () => {
    const bench = new Bench(new FakeMachine());
    bench.looksForAttention = true;
    bench.machine.onStep = () => bench.runner.stop();
    bench.machine.paces = [Attention];
    bench.runner.kick("kick");
    bench.run(0);
    expect(bench.attentions).toEqual([false]);
  });
});

describe("polled", () => {
  function flush(bench: Bench<FakeMachine>, untilUs: number): { done: boolean; spins: number[] } {
    const spins: number[] = [];
    const done = bench.runner.flush(untilUs, (us) => {
      spins.push(us);
      bench.time.elapse(us);
    });
    return { done, spins };
  }

  test("it goes on until nothing is left to do, and waits as it else would", () => {
    const bench = new Bench(new FakeMachine()).put(1).put(2);
    bench.machine.paces = [Later, Later, Done, Again, Done];
    expect(flush(bench, NEVER_US)).toEqual({ done: true, spins: [20, 20] });
    expect(bench.outcomes.map(([id]) => id)).toEqual([1, 2]);
    expect(bench.events("run").every(({ cause }) => cause === "poll")).toBe(true);
  });

  test("it ends at its time, and not before", () => {
    const bench = new Bench(new FakeMachine()).put(1);
    expect(flush(bench, 50)).toEqual({ done: false, spins: [20, 20, 10] });
    expect(bench.time.nowUs).toBe(50);
    expect(bench.machine.steps).toEqual([0, 20, 40, 50]);
  });

  test("it is over at once when there is nothing to do", () => {
    expect(flush(new Bench(new FakeMachine()), 0)).toEqual({ done: true, spins: [] });
  });

  test("it is over when the machine is idle, whenever the chooser wants to come back", () => {
    const bench = new Bench(new FakeMachine());
    bench.looksForAttention = true;
    bench.idleUs = 500;
    bench.machine.paces = [Idle];
    expect(flush(bench, NEVER_US)).toEqual({ done: true, spins: [] });
  });
});
