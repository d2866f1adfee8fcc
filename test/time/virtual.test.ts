import { expect, test } from "vitest";
import { VirtualTime } from "../../src/time/virtual.ts";

test("work runs in the order of its time, and of its making at one time", () => {
  const time = new VirtualTime();
  const lane = time.lane("host");
  const ran: string[] = [];
  for (const [us, name] of [
    [5, "c"],
    [1, "a"],
    [5, "d"],
    [2, "b"],
  ] as const) {
    lane.at(us, name, () => ran.push(`${name}@${time.nowUs}`));
  }
  time.runUntil(10);
  expect(ran).toEqual(["a@1", "b@2", "c@5", "d@5"]);
  expect(time.nowUs).toBe(10);
});

test("a cancelled task does not run, and a time in the past means now", () => {
  const time = new VirtualTime();
  const lane = time.lane("host");
  time.runUntil(100);
  const ran: number[] = [];
  lane.at(200, "cancelled", () => ran.push(1)).cancel();
  lane.at(50, "late", () => ran.push(time.nowUs));
  time.runUntil(300);
  expect(ran).toEqual([100]);
});

// Goal: host and BMC are two processors. Method: while a host task makes accesses, the BMC's due
// work runs between them, and the host's own other work waits until the task is over.
test("time that elapses in a task lets the other lanes work, not the own one", () => {
  const time = new VirtualTime();
  const host = time.lane("host");
  const bmc = time.lane("bmc");
  const ran: string[] = [];
  bmc.at(3, "bmc", () => ran.push(`bmc@${time.nowUs}`));
  host.at(2, "host 2", () => ran.push(`host 2@${time.nowUs}`));
  host.at(1, "host 1", () => {
    for (let access = 0; access < 4; access++) {
      time.elapse(1);
      ran.push(`access@${time.nowUs}`);
    }
  });
  time.runUntil(10);
  expect(ran).toEqual(["access@2", "bmc@3", "access@3", "access@4", "access@5", "host 2@5"]);
});

test("ties between lanes are a choice, and 0 is the ordinary course", () => {
  const order = (answers: number[]) => {
    const asked: number[] = [];
    const time = new VirtualTime((limit) => {
      asked.push(limit);
      return answers.shift() ?? 0;
    });
    const ran: string[] = [];
    for (const name of ["a", "b", "c"]) time.lane(name).at(7, name, () => ran.push(name));
    time.runUntil(7);
    return { ran: ran.join(""), asked };
  };
  expect(order([])).toEqual({ ran: "abc", asked: [3, 2] });
  expect(order([2, 1])).toEqual({ ran: "cba", asked: [3, 2] });
});

test("on a lane that was halted nothing runs any more, and time goes on for the others", () => {
  const time = new VirtualTime();
  const host = time.lane("host");
  const bmc = time.lane("bmc");
  const ran: string[] = [];
  host.at(1, "halts", () => {
    expect(time.running).toBe(host);
    host.halt();
    host.at(2, "later", () => ran.push("later"));
    time.elapse(10);
  });
  host.at(1, "planned", () => ran.push("planned"));
  bmc.at(5, "beside", () => ran.push(`beside@${time.nowUs}`));
  time.runUntil(20);
  expect(ran).toEqual(["beside@5"]);
  expect(host.nextUs()).toBe(Number.POSITIVE_INFINITY);
});

// Goal: a task that was thrown out of its run is not taken for the one that runs ever after.
// Method: let one throw, then look whose task is said to run.
test("a task that throws in the middle of its time is over", () => {
  const time = new VirtualTime();
  const host = time.lane("host");
  host.at(1, "throws", () => {
    throw new Error("halted");
  });
  expect(() => time.runUntil(5)).toThrow("halted");
  let running: unknown = host;
  host.at(6, "next", () => {
    running = time.running;
  });
  time.runUntil(10);
  expect(running).toBe(host);
  expect(time.running).toBeUndefined();
});

// Goal: a processor that is slow is held back for one move of the clock at a time, and only then.
// Method: two tasks of a lane that may lag fall due in the middle of another's time.
test("work of a lane that may lag waits for the next move of the clock, if that is chosen", () => {
  const ranAfter = (answers: number[]) => {
    let asked = 0;
    let moves = 0;
    const time = new VirtualTime(() => {
      asked++;
      return answers.shift() ?? 0;
    });
    const host = time.lane("host");
    const bmc = time.lane("bmc", { mayLag: true });
    const ran: string[] = [];
    bmc.at(2, "a", () => ran.push(`a after ${moves}`));
    bmc.at(2, "b", () => ran.push(`b after ${moves}`));
    host.at(1, "host", () => {
      for (; moves < 4; moves++) time.elapse(1);
    });
    time.runUntil(10);
    return { ran, asked };
  };
  expect(ranAfter([])).toEqual({ ran: ["a after 0", "b after 0"], asked: 2 });
  expect(ranAfter([1])).toEqual({ ran: ["a after 1", "b after 1"], asked: 3 });
  expect(ranAfter([0, 1, 1])).toEqual({ ran: ["a after 0", "b after 2"], asked: 4 });
  // The host does not move the clock any more: then nothing holds the other back.
  expect(ranAfter([1, 1, 1, 1])).toEqual({ ran: ["a after 4", "b after 4"], asked: 4 });
});

// Goal: an operating system's timers. Method: what is asked for between two ticks, near and far.
test.each([
  { atUs: 12_345, afterUs: 999, comesUs: 13_344 },
  { atUs: 12_345, afterUs: 1_000, comesUs: 14_000 },
  { atUs: 12_345, afterUs: 1_655, comesUs: 14_000 },
  { atUs: 12_345, afterUs: 9_999, comesUs: 23_000 },
  { atUs: 12_345, afterUs: 10_000, comesUs: 30_000 },
  { atUs: 0, afterUs: 20_000, comesUs: 20_000 },
])("on ticks, what is asked for at $atUs us in $afterUs us comes at $comesUs us", (timer) => {
  const { atUs, afterUs, comesUs } = timer;
  const time = new VirtualTime();
  const lane = time.lane("host", { ticks: true });
  let cameUs = -1;
  time.runUntil(atUs);
  lane.at(atUs + afterUs, "timer", () => {
    cameUs = time.nowUs;
  });
  time.runUntil(60_000);
  expect(cameUs).toBe(comesUs);
});
