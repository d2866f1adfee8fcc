import { describe, expect, test } from "vitest";
import {
  Again,
  Failure,
  type Overlap,
  Pace,
  type Signals,
} from "../../../src/host/interfaces/machine.ts";
import { AnsweringMachine, FakeMachine } from "./fake-machine.ts";
import { InterfaceBench } from "./interface-bench.ts";

const FLAGS = "18 31";

function benchOf(): InterfaceBench<AnsweringMachine> {
  return new InterfaceBench(new AnsweringMachine());
}

describe("the interface stands still", () => {
  test("until it is told to work", () => {
    const bench = benchOf();
    bench.put(1);
    bench.si.kick();
    bench.run(1_000);
    expect(bench.recorder.events).toEqual([]);
    bench.si.resume();
    bench.run(0);
    expect(bench.sent()).toEqual(["18 04 01"]);
    expect(bench.outcomes.length).toBe(1);
  });

  test("while there is nothing to do, whoever waits for what the BMC has to say", () => {
    const bench = benchOf();
    bench.si.setWatched(true);
    bench.si.resume();
    bench.run(1_000);
    expect(bench.recorder.events).toEqual([]);
    bench.put(1);
    bench.si.kick();
    bench.run(0);
    expect(bench.outcomes.length).toBe(1);
    expect(bench.lane.nextUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    ["answered", [0x00]],
    ["unanswered", Pace.Failed],
  ] as const)("after what must not be sent twice: %s", (_, reply) => {
    const bench = benchOf();
    bench.machine.reply = ([, , id]) => (id === 1 ? reply : [0x00]);
    bench.put(1, Again.Reset);
    bench.put(2);
    bench.si.resume();
    bench.run(1_000);
    expect(bench.outcomes.map(([id]) => id)).toEqual([1]);
    // Whoever sent it knows what its failure means.
    expect(bench.told).toEqual([]);
    expect(bench.statistics.hosed_count).toBe(0);
    bench.si.resume();
    bench.run(0);
    expect(bench.outcomes.map(([id]) => id)).toEqual([1, 2]);
  });

  test("after a failure of its own, which is told once", () => {
    const bench = benchOf();
    bench.machine.why = Failure.InputStuck;
    bench.machine.reply = ([, , id]) => (id === 1 ? Pace.Failed : [0x00]);
    bench.put(1);
    bench.put(2);
    bench.si.resume();
    bench.run(1_000);
    expect(bench.outcomes).toMatchObject([[1, { kind: "failure", failed: true }]]);
    expect(bench.told).toEqual([["failed", "the BMC did not take a byte in time"]]);
    expect(bench.statistics.hosed_count).toBe(1);
    bench.si.resume();
    bench.run(0);
    expect(bench.outcomes.map(([id]) => id)).toEqual([1, 2]);
    expect(bench.told.length).toBe(1);
  });

  test("not after an answer that is none", () => {
    const bench = benchOf();
    bench.machine.reply = ([, , id]) => (id === 1 ? [] : [0x00]);
    bench.put(1);
    bench.put(2);
    bench.si.resume();
    bench.run(0);
    expect(bench.outcomes).toMatchObject([
      [1, { kind: "failure", failed: false }],
      [2, { kind: "response" }],
    ]);
    expect(bench.told).toEqual([]);
  });
});

describe("a stop", () => {
  test("gives a user's transfer back", () => {
    const bench = benchOf();
    bench.machine.reply = () => Pace.Later;
    const transfer = bench.put(1);
    bench.si.resume();
    bench.run(0);
    expect(bench.si.stop()).toEqual([transfer]);
    expect(bench.outcomes).toEqual([]);
  });

  test("ends the interface's own command, and gives it to nobody", () => {
    const bench = benchOf();
    bench.machine.attends = true;
    bench.machine.reply = () => Pace.Later;
    bench.up();
    const [own] = bench.events("request");
    expect(own).toMatchObject({ user: "system-interface", netFn: 6, lun: 0, cmd: 0x31 });
    expect(bench.si.stop()).toEqual([]);
    const ended = { id: own?.id, cc: 0xce, maker: "host-interface" };
    expect(bench.events("answer")).toMatchObject([ended]);
  });

  test("within a look for attention leaves what waits where it is", () => {
    const bench = benchOf();
    bench.put(1);
    bench.machine.onStep = () => bench.si.stop();
    bench.up();
    expect(bench.machine.steps.length).toBe(1);
    expect(bench.queue.length).toBe(1);
  });
});

test("what the interface has to know beforehand goes through as it is", () => {
  const { si, machine } = benchOf();
  expect(si.greeting()).toEqual({ cmd: 0x36, data: Uint8Array.of(1) });
  si.greeted(Uint8Array.of(3));
  expect(machine.heard).toEqual([Uint8Array.of(3)]);
});

/** Carries several transactions, and hears attention beside them. */
class Several extends FakeMachine {
  attends = true;
  ends = 0;
  override step(nowUs: number): Pace {
    if (this.begun.length > 0) return super.step(nowUs);
    return this.attends ? Pace.Attention : Pace.Idle;
  }
  readonly overlap: Overlap = {
    ready: () => true,
    sending: () => 0,
    ended: () => this.ends,
  };
  readonly signals: Signals = {
    attention: () => this.attends,
    takeAttention: () => {},
    setInterrupts: () => {},
    withdraw: () => {},
    interrupted: () => {},
  };
}

describe("several transactions at a time", () => {
  function under(...paces: Pace[]) {
    const bench = new InterfaceBench(new Several());
    bench.machine.paces = paces;
    return bench;
  }

  test("of which one is the interface's own, and the others are given back at a stop", () => {
    const bench = under(Pace.Again, Pace.Again, Pace.Again);
    const users = [bench.put(1), bench.put(2)];
    bench.up();
    expect(bench.sent()).toEqual([FLAGS, "18 04 01", "18 04 02"]);
    expect(bench.si.stop()).toEqual(users);
  });

  // Method: a round ends while a transfer is under way and none waits; that nothing joins is no turn.
  test("a round that ended is followed by a transfer, also beside others", () => {
    const bench = under(Pace.Again, Pace.Again, Pace.Done, Pace.Again);
    bench.machine.answer.set([0x1c, 0x31, 0x00, 0x00]);
    bench.put(1);
    bench.machine.onStep = () => {
      const [own] = bench.events("request");
      bench.machine.ends = own?.id ?? 0;
      // It has nothing to say, and then has again.
      bench.machine.attends = false;
    };
    bench.up();
    expect(bench.sent()).toEqual([FLAGS, "18 04 01"]);
    expect(bench.events("answer").length).toBe(1);
    bench.run(1_000_000);
    bench.machine.attends = true;
    bench.put(2);
    bench.si.kick();
    bench.run(0);
    expect(bench.sent().slice(2)).toEqual(["18 04 02"]);
    bench.machine.attends = true;
    bench.put(3);
    bench.si.kick();
    bench.run(0);
    expect(bench.sent().slice(3)).toEqual([FLAGS]);
  });
});
