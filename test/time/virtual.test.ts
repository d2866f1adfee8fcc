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
