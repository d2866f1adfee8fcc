import { describe, expect, test } from "vitest";
import type { Step } from "../../src/guest/program.ts";
import { GuestMachine } from "./guest-machine.ts";
import { brief, GET_DEVICE_ID, OPEN, program, runUser, SECOND_US, timeOf } from "./users.ts";

describe("requests", () => {
  test("the message reaches the handler as it is, and its answer is reported with its id", () => {
    const data = Uint8Array.from({ length: 270 }, (_, index) => index);
    const machine = runUser(
      [
        OPEN,
        { step: "request", netFn: 0x2e, lun: 2, cmd: 0x42, data, timeoutUs: SECOND_US },
        { step: "request", ...GET_DEVICE_ID, timeoutUs: SECOND_US },
      ],
      ({ cmd }) => ({ afterUs: 700, data: cmd === 1 ? [0xc1] : [0, 5, 6] }),
    );
    expect(machine.ipmi.sent).toMatchObject([
      { msgid: 1, netFn: 0x2e, lun: 2, cmd: 0x42, data: [...data] },
      { msgid: 2, netFn: 6, lun: 0, cmd: 1, data: [] },
    ]);
    expect(brief(machine)).toEqual([
      ...["step-done", "request 1", "accepted 1", "answer 1 cc 0 [5 6]"],
      ...["request 2", "accepted 2", "answer 2 cc c1 []", "actor-done"],
    ]);
  });

  // Goal: a late answer is an answer still, and is not taken for another request's.
  test("an answer that comes after the wait is reported in a later step", () => {
    const machine = runUser(
      [
        OPEN,
        { step: "request", ...GET_DEVICE_ID, timeoutUs: 1_000 },
        { step: "request", ...GET_DEVICE_ID, timeoutUs: 10_000 },
        { step: "receive", forUs: 10_000 },
      ],
      ({ msgid }) => ({ afterUs: msgid === 1 ? 3_000 : 4_000, data: [0, msgid] }),
    );
    expect(brief(machine)).toEqual([
      ...["step-done", "request 1", "accepted 1", "unanswered 1"],
      ...["request 2", "accepted 2", "answer 1 cc 0 [1]", "answer 2 cc 0 [2]", "actor-done"],
    ]);
  });

  test("the wait lasts its time, and not longer", () => {
    const machine = runUser(
      [OPEN, { step: "request", ...GET_DEVICE_ID, timeoutUs: 60 * SECOND_US }],
      () => undefined,
    );
    const times = new Map(machine.reports.map((each) => [each.kind, timeOf(each)]));
    const waitedUs = (times.get("unanswered") ?? 0) - (times.get("accepted") ?? 0);
    expect(waitedUs).toBeGreaterThanOrEqual(60 * SECOND_US);
    expect(waitedUs).toBeLessThan(60 * SECOND_US + 1_000);
  });

  test("several can be under way; answers are told apart by id, in any order", () => {
    const machine = runUser(
      [
        OPEN,
        { step: "repeat", times: 4, steps: [{ step: "send", ...GET_DEVICE_ID }] },
        { step: "collect", timeoutUs: SECOND_US },
        { step: "collect", timeoutUs: SECOND_US },
      ],
      ({ msgid }) =>
        msgid === 3 ? undefined : { afterUs: (5 - msgid) * 10_000, data: [0, msgid] },
    );
    expect(brief(machine).slice(-5)).toEqual([
      ...["answer 4 cc 0 [4]", "answer 2 cc 0 [2]", "answer 1 cc 0 [1]", "unanswered 3"],
      "actor-done",
    ]);
  });

  test("what is still waited for at an actor's end is reported as unanswered", () => {
    const steps: readonly Step[] = [
      OPEN,
      { step: "send", ...GET_DEVICE_ID },
      { step: "send", ...GET_DEVICE_ID },
    ];
    expect(brief(runUser(steps, () => undefined)).slice(-3)).toEqual([
      ...["unanswered 1", "unanswered 2", "actor-done"],
    ]);
  });

  // Goal: refusals neither wait nor flood: a loop of them leaves time to others.
  test("a refusal is reported at once, and then the actor rests", () => {
    const machine = runUser(
      [OPEN, { step: "repeat-until", us: 50_000, steps: [{ step: "send", ...GET_DEVICE_ID }] }],
      () => ({ refused: 16 }),
    );
    const refusals = brief(machine).filter((each) => each.endsWith("errno 16"));
    expect(refusals.length).toBeGreaterThan(10);
    expect(refusals.length).toBeLessThanOrEqual(50);
  });

  test("the list of waiting requests has an end; beyond it the step fails", () => {
    const machine = runUser(
      [OPEN, { step: "repeat", times: 130, steps: [{ step: "send", ...GET_DEVICE_ID }] }],
      () => undefined,
    );
    const reports = brief(machine);
    expect(machine.ipmi.sent.length).toBe(128);
    expect(reports.filter((each) => each === "failed 3 errno 105").length).toBe(2);
    expect(reports.filter((each) => each.startsWith("unanswered")).length).toBe(128);
  });
});

describe("events and other messages", () => {
  const listen: readonly Step[] = [
    OPEN,
    { step: "events", on: true },
    { step: "receive", forUs: 50_000 },
    { step: "request", ...GET_DEVICE_ID, timeoutUs: SECOND_US },
    { step: "events", on: false },
  ];

  test("they arrive in any receiving step, and are no answer", () => {
    const machine = new GuestMachine(program([{ name: "user", steps: listen }]), {
      behave: () => ({ afterUs: 20_000, data: [0] }),
    });
    machine.run(10_000);
    const now = machine.linux.nowUs;
    machine.ipmi.event([1, 2, 3], now + 1_000);
    machine.ipmi.event([4], now + 55_000);
    const [user = 0] = machine.ipmi.listeners;
    const command = { user, atUs: now + 56_000, type: 3, netFn: 0x30, cmd: 7, data: [9] };
    machine.ipmi.deliver(command);
    machine.run(10 * SECOND_US);
    expect(brief(machine)).toEqual([
      ...["step-done", "step-done", "event [1 2 3]", "request 1", "accepted 1"],
      ...["event [4]", "message 3 48/7 [9]", "answer 1 cc 0 []", "step-done", "actor-done"],
    ]);
    expect(machine.ipmi.listeners.size).toBe(0);
  });
});
