import { describe, expect, test } from "vitest";
import { Failure, Pace, type Signals } from "../../../src/host/interfaces/machine.ts";
import { AnsweringMachine } from "./fake-machine.ts";
import { InterfaceBench } from "./interface-bench.ts";

const FLAGS = "18 31";
const MESSAGE = "18 33";
const EVENT = "18 35";
const HOLD_US = 10_000;
const POLL_US = 10_000;
const POLL_WITH_INTERRUPT_US = 1_000_000;
const RECORD = Array.from({ length: 16 }, (_, at) => at);

/** A BMC that has so many events, says so by attention and flags, and takes what users ask. */
function bmcWith(events: number): InterfaceBench<AnsweringMachine> {
  const bench = new InterfaceBench(new AnsweringMachine());
  let left = events;
  bench.machine.attends = left > 0;
  bench.machine.reply = ([, cmd]) => {
    if (cmd === 0x31) return [0x00, left > 0 ? 0x02 : 0x00];
    if (cmd !== 0x35) return [0x00];
    if (left === 0) return [0x80];
    left--;
    bench.machine.attends = left > 0;
    return [0x00, ...RECORD];
  };
  return bench;
}

/** A BMC whose attention never falls, with these flags. */
function stuckWith(flags: number): InterfaceBench<AnsweringMachine> {
  const bench = new InterfaceBench(new AnsweringMachine());
  bench.machine.attends = true;
  bench.machine.reply = ([, cmd]) => (cmd === 0x31 ? [0x00, flags] : [0xc1]);
  return bench;
}

describe("whether the BMC is looked at", () => {
  test("not before the interface may work, and not before it is to be attentive", () => {
    const { si, machine, lane, ...bench } = bmcWith(1);
    const step = () => bench.time.runUntil(bench.time.nowUs);
    for (const act of [() => si.kick(), () => si.setAttentive(true), () => si.setWatched(true)]) {
      act();
      step();
      expect(machine.steps.length).toBe(0);
    }
    si.setAttentive(false);
    si.resume();
    step();
    expect(machine.steps.length).toBe(0);
    si.setAttentive(true);
    step();
    expect(machine.steps.length).toBeGreaterThan(0);
    expect(lane.nextUs()).toBeGreaterThan(0);
  });

  test("once, while nobody waits for what it has to say", () => {
    const bench = bmcWith(0).up();
    expect(bench.machine.steps).toEqual([0]);
    expect(bench.lane.nextUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [false, POLL_US],
    [true, POLL_WITH_INTERRUPT_US],
  ])("now and then, while somebody does (interrupts: %s)", (interrupts, pollUs) => {
    const bench = bmcWith(0);
    if (interrupts) bench.si.setInterrupts(true);
    bench.up();
    bench.si.setWatched(true);
    bench.run(3 * pollUs);
    expect(bench.machine.steps).toEqual([0, 0, pollUs, 2 * pollUs, 3 * pollUs]);
    bench.si.setWatched(true);
    bench.run(0);
    expect(bench.machine.steps.length).toBe(5);
    bench.si.setWatched(false);
    bench.run(0);
    expect(bench.machine.steps.length).toBe(5);
    bench.run(10 * pollUs);
    // The look that was planned is the last one.
    expect(bench.machine.steps.length).toBe(6);
  });

  test("at an interrupt, and not when the line falls", () => {
    const bench = bmcWith(0).up();
    bench.recorder.events.length = 0;
    bench.si.interrupt(false);
    bench.run(0);
    expect(bench.machine.steps.length).toBe(1);
    expect(bench.statistics.interrupts).toBe(0);
    bench.si.interrupt(true);
    bench.run(0);
    expect(bench.machine.steps.length).toBe(2);
    expect(bench.statistics.interrupts).toBe(1);
    bench.si.kick();
    bench.run(0);
    const causes = bench.events("run").map(({ cause }) => cause);
    expect(causes).toEqual(["irq", "irq", "kick", "kick"]);
  });
});

describe("a round and what users ask", () => {
  test("what the BMC has to say goes first, and then each has its turn", () => {
    const bench = bmcWith(25);
    for (const id of [1, 2]) bench.put(id);
    bench.up();
    const ten = Array<string>(10).fill(EVENT);
    const five = Array<string>(5).fill(EVENT);
    expect(bench.sent()).toEqual([FLAGS, ...ten, "18 04 01", "18 04 02"]);
    bench.put(3);
    bench.si.kick();
    bench.run(0);
    expect(bench.sent().slice(13)).toEqual(["18 04 03"]);
    bench.run(HOLD_US);
    bench.put(4);
    bench.si.kick();
    bench.run(0);
    expect(bench.sent().slice(14)).toEqual([FLAGS, ...ten, "18 04 04"]);
    bench.run(HOLD_US);
    bench.si.kick();
    bench.run(0);
    expect(bench.sent().slice(26)).toEqual([FLAGS, ...five, EVENT]);
    expect(bench.told.length).toBe(25);
  });

  test("a round that took long, as behind a recovery, does not keep the next one away for as long", () => {
    const bench = bmcWith(25);
    const { reply } = bench.machine;
    bench.machine.reply = (frame) => {
      const [, begunUs = 0] = bench.machine.begun.at(-1) ?? [];
      const takesUs = frame[1] === 0x31 ? 5_000_000 : 100_000;
      return bench.time.nowUs < begunUs + takesUs ? Pace.Later : reply(frame);
    };
    for (let id = 1; id <= 20; id++) bench.put(id);
    bench.up();
    bench.run(20_000_000);
    const ten = Array<string>(10).fill(EVENT);
    const five = Array.from({ length: 5 }, (_, at) => `18 04 0${at + 1}`);
    expect(bench.sent().slice(0, 17)).toEqual([FLAGS, ...ten, ...five, FLAGS]);
  });

  test("rounds that are of use follow each other while nobody asks for anything", () => {
    const bench = new InterfaceBench(new AnsweringMachine());
    bench.machine.attends = true;
    let reads = 0;
    bench.machine.reply = ([, cmd]) => {
      if (cmd === 0x31) return [0x00, 0x02];
      return reads++ % 2 === 0 ? [0x00, ...RECORD] : [0x80];
    };
    bench.machine.onStep = () => {
      bench.machine.attends = reads < 10;
    };
    bench.up();
    expect(bench.time.nowUs).toBe(0);
    expect(bench.statistics.flag_fetches).toBe(5);
  });
});

describe("an attention that is of no use", () => {
  test.each([false, true])("is left alone for a while (interrupts: %s)", (interrupts) => {
    const bench = stuckWith(0);
    if (interrupts) bench.si.setInterrupts(true);
    bench.si.setWatched(true);
    bench.up();
    bench.run(3 * HOLD_US);
    const times = bench.machine.begun.map(([, nowUs]) => nowUs);
    expect(times).toEqual([0, HOLD_US, 2 * HOLD_US, 3 * HOLD_US]);
    expect(new Set(bench.sent())).toEqual(new Set([FLAGS]));
    expect(bench.statistics).toMatchObject({ attentions: 4, flag_fetches: 4 });
  });

  test("does not keep users from asking", () => {
    const bench = stuckWith(0).up();
    for (let id = 1; id <= 5; id++) {
      bench.put(id);
      bench.si.kick();
      bench.run(0);
    }
    expect(bench.outcomes.map(([id]) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(bench.statistics.flag_fetches).toBe(1);
  });

  test("is looked for again in time when it fell meanwhile", () => {
    const bench = stuckWith(0);
    bench.si.setWatched(true);
    bench.up();
    bench.machine.attends = false;
    const looks = bench.machine.steps.length;
    bench.run(2 * HOLD_US);
    expect(bench.machine.steps.slice(looks)).toEqual([HOLD_US, 2 * HOLD_US]);
  });

  test("is looked at at once by an interface that begins to be attentive", () => {
    const bench = stuckWith(0).up();
    bench.run(10);
    bench.si.setAttentive(false);
    bench.run(0);
    expect(bench.machine.begun.length).toBe(1);
    bench.si.setAttentive(true);
    bench.run(0);
    expect(bench.machine.begun.map(([, nowUs]) => nowUs)).toEqual([0, 10]);
  });
});

test("an event of another length is counted, and one that is refused is not", () => {
  const bench = stuckWith(0x02);
  const answers = [
    [0x00, ...RECORD.slice(1)],
    [0x00, ...RECORD, 1],
    [0xc1, ...RECORD],
  ];
  bench.machine.reply = ([, cmd]) => (cmd === 0x31 ? [0x00, 0x02] : (answers.shift() ?? [0x80]));
  bench.si.setWatched(true);
  bench.up();
  bench.run(2 * HOLD_US);
  expect(bench.statistics).toMatchObject({ invalid_events: 2, events: 0, flag_fetches: 3 });
  expect(bench.told).toEqual([]);
});

test("a round that the interface's failure broke off is not gone on with", () => {
  const bench = stuckWith(0x03);
  bench.machine.why = Failure.NoOutput;
  bench.machine.reply = ([, cmd]) => (cmd === 0x31 ? [0x00, 0x03] : Pace.Failed);
  bench.up();
  expect(bench.sent()).toEqual([FLAGS, MESSAGE]);
  expect(bench.told).toEqual([["failed", "the BMC did not give a byte in time"]]);
  bench.put(1);
  bench.si.kick();
  bench.run(HOLD_US);
  expect(bench.sent().length).toBe(2);
  bench.machine.reply = ([, cmd]) => (cmd === 0x31 ? [0x00, 0x00] : [0x00]);
  bench.si.resume();
  bench.run(0);
  expect(bench.sent().slice(2)).toEqual([FLAGS, "18 04 01"]);
});

/** The host takes attention back, so the BMC does not repeat what it announced. */
class OnceOnly extends AnsweringMachine {
  readonly signals: Signals = {
    attention: () => this.attends,
    takeAttention: () => {
      this.attends = false;
    },
    setInterrupts: () => {},
    withdraw: () => {},
    interrupted: () => {},
  };
}

describe("attention that the host takes back", () => {
  function announcing(flags: number, reply: (n: number) => readonly number[]) {
    const bench = new InterfaceBench(new OnceOnly()).up();
    let fetches = 0;
    bench.run(HOLD_US);
    bench.machine.reply = ([, cmd]) => (cmd === 0x31 ? [0x00, flags] : reply(fetches++));
    bench.machine.begun.length = 0;
    bench.machine.attends = true;
    bench.si.setWatched(true);
    return bench;
  }

  test("is presumed at first: what was announced before this host came is not repeated", () => {
    const bench = new InterfaceBench(new OnceOnly()).up();
    expect(bench.sent()).toEqual([FLAGS]);
    bench.si.setWatched(true);
    bench.run(3 * HOLD_US);
    expect(bench.sent()).toEqual([FLAGS]);
  });

  test("is not presumed where the BMC keeps it up", () => {
    const bench = new InterfaceBench(new AnsweringMachine()).up();
    bench.si.setWatched(true);
    bench.run(3 * HOLD_US);
    expect(bench.sent()).toEqual([]);
  });

  test("is heard of once when all was fetched", () => {
    const bench = announcing(0x02, (n) => (n === 0 ? [0x00, ...RECORD] : [0x80]));
    bench.run(10 * HOLD_US);
    expect(bench.sent()).toEqual([FLAGS, EVENT, EVENT]);
  });

  test("is remembered when a round ended though there was more", () => {
    const bench = announcing(0x02, (n) => (n < 12 ? [0x00, ...RECORD] : [0x80]));
    bench.run(10 * HOLD_US);
    const ten = Array<string>(10).fill(EVENT);
    expect(bench.sent()).toEqual([FLAGS, ...ten, FLAGS, EVENT, EVENT, EVENT]);
  });

  test("is remembered when a command failed", () => {
    const bench = announcing(0x02, (n) => (n === 0 ? [0xc0] : [0x80]));
    bench.run(10 * HOLD_US);
    expect(bench.sent()).toEqual([FLAGS, EVENT, FLAGS, EVENT]);
  });
});

// A BMC that has no such command does not learn it by being asked a hundred times a second.
test("a BMC that knows no message flags is asked for them once in a minute", () => {
  const bench = stuckWith(0);
  bench.machine.reply = () => [0xc1];
  bench.up();
  bench.si.setWatched(true);
  bench.run(59_000_000);
  expect(bench.sent()).toEqual([FLAGS]);
  bench.machine.reply = () => [0x00, 0x00];
  bench.run(2_000_000);
  expect(bench.sent().length).toBeGreaterThan(50);
});

// Goal: a round is as long as it likes, but then those who wait have as long. Method: a BMC that
// has messages and events without end and takes a millisecond for each command, and ten who wait.
test("behind a round those who wait have the wire for as long as it took", () => {
  const bench = stuckWith(0x03);
  bench.machine.reply = ([, cmd]) => {
    if (cmd === 0x31) return [0x00, 0x03];
    return cmd === 0x35 ? [0x00, ...RECORD] : [0x00];
  };
  bench.machine.onStep = () => bench.time.elapse(1_000);
  for (let id = 1; id <= 10; id++) bench.put(id);
  bench.up();
  bench.run(1_000_000);
  const users = bench.sent().flatMap((frame, at) => (frame.startsWith("18 04") ? [at] : []));
  const [first = 0] = users;
  expect(first).toBe(21);
  expect(users).toEqual(Array.from({ length: 10 }, (_, n) => first + n));
});
