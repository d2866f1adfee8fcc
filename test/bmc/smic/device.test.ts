import { describe, expect, test } from "vitest";
import { answer, Bench, GET_DEVICE_ID, opened, RESPONSE, read } from "./register-script.ts";

describe("the device towards its daemon", () => {
  test.each([
    ["WR_START", GET_DEVICE_ID],
    ["an illegal code", "47"],
    ["the other stream", "61.18"],
  ])("an answer to a request ended by %s is refused", (_, script) => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    const { ticket } = read(handle);
    bench.run(script);
    if (handle.poll().readable) read(handle);
    expect(handle.write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
  });

  // Goal: a host learns of an abort at whatever it does next, and never waits for it in vain.
  test.each([
    ["writing", "41.18", "42.01 r1=c0 r0=1"],
    ["executing", GET_DEVICE_ID, "r2=80 44 r1=c0 r0=3"],
    ["reading", `${GET_DEVICE_ID} answer 44`, "45 r1=c0 r0=1"],
    ["at the end", `${GET_DEVICE_ID} answer 44 45 45`, "46 r1=c0 r0=1"],
  ])("a close while %s aborts, and the handle is dead", (_, before, after) => {
    const bench = new Bench();
    const handle = opened(bench);
    for (const part of before.split(/ (?=answer)|(?<=answer) /)) {
      if (part === "answer") answer(handle);
      else bench.run(part);
    }
    handle.close();
    bench.run(after);
    expect(handle.read(1_024)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.write(1, RESPONSE)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.abort()).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.setAttention(true, true)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.enableInterrupt(true)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.poll()).toEqual({ readable: false, writable: false });
  });

  test("what broke one transfer off is not said of the next", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("41.18");
    handle.abort();
    bench.run("42.01 r1=c0 r0=1 41.18 44 r1=c0 r0=2");
  });

  test("an abort with nothing in progress is none", () => {
    const bench = new Bench();
    const handle = opened(bench);
    expect(handle.abort().ok).toBe(true);
    bench.run(`r2=80 r1=c0 r0=0 40 r0=0 ${GET_DEVICE_ID}`);
  });

  test("a new daemon synchronises with the host by an abort", () => {
    const bench = new Bench();
    bench.run("41.18 r1=c1");
    opened(bench);
    bench.run(`42.01 r1=c0 r0=1 ${GET_DEVICE_ID}`);
  });
});

describe("a block without a daemon", () => {
  test("refuse: the protocol runs, and a whole request is met with 03h", () => {
    const bench = new Bench();
    bench.run("41.18 r2=40 r1=c1 43.01 r2=0 r1=c3 r0=3 44 r1=c0 r0=3 40 r1=c0 r0=3");
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });

  test("storm: every code is met with READY and 01h", () => {
    const bench = new Bench({ whenClosed: "storm" });
    bench.run("41.18 r2=80 r1=c0 r0=1 40 r1=c0 r0=1 61.18 r1=e0 r0=1 00 r1=c0 r0=1");
  });

  test("hold: BUSY stays set until a daemon opens the device", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.run("41.18 r2=81 r2=81");
    opened(bench);
    bench.time.runUntil(0);
    bench.run("r2=40 r1=c1");
  });

  test("changing what happens lets go of what was held", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.run("41.18 r2=81");
    bench.device.whenClosed = "storm";
    bench.time.runUntil(0);
    bench.run("r2=80 r1=c0 r0=1");
  });
});

describe("the BMC's life", () => {
  test("a processor that stands holds BUSY, and goes on with it", () => {
    const bench = new Bench();
    opened(bench);
    bench.device.powered = false;
    bench.run("41.18 r2=81");
    bench.device.powered = true;
    bench.time.runUntil(0);
    bench.run("r2=40 r1=c1");
  });

  test("a processor that stops with a turn to take does not take it", () => {
    const bench = new Bench({ inputLatencyUs: 10 });
    opened(bench);
    bench.run("41.18");
    bench.device.powered = false;
    bench.time.runUntil(10);
    bench.run("r2=81");
  });

  test.each(["refuse", "storm"] as const)(
    "a turn that a reset overtook is none (%s)",
    (whenClosed) => {
      const bench = new Bench({ inputLatencyUs: 10, whenClosed });
      bench.run("41.18");
      bench.device.reset();
      const before = bench.recorder.events.length;
      bench.time.runUntil(10);
      expect(bench.recorder.events).toHaveLength(before);
    },
  );

  test("a reset forgets transfer, stream and errors", () => {
    for (const script of ["41.18", "61.18", "47", "41.18 61.18 42.01"]) {
      const bench = new Bench();
      opened(bench);
      bench.run(script);
      bench.device.reset();
      bench.run("40 r1=c0 r0=0 42.01 r1=c0 r0=2");
    }
  });

  test("a reset clears BUSY and attention, and drops opener and request", () => {
    const bench = new Bench();
    const handle = opened(bench);
    handle.enableInterrupt(true);
    handle.setAttention(true, true);
    bench.run("41.18 r2=44");
    bench.device.reset();
    bench.run("r2=80 r1=c0 r0=0");
    expect(handle.abort()).toEqual({ ok: false, error: "CLOSED" });
    const next = opened(bench);
    next.setAttention(true, true);
    expect(bench.registers.line).toBe(false);
    next.setAttention(false, false);
    next.enableInterrupt(true);
    next.setAttention(true, true);
    expect(bench.registers.line).toBe(true);
  });
});

describe("attention", () => {
  test("SMIC-25: SMS_ATN follows the daemon, with and without the interrupt", () => {
    const bench = new Bench();
    const handle = opened(bench);
    handle.setAttention(true, false);
    bench.run("r2=84");
    handle.setAttention(false, false);
    bench.run("r2=80");
  });

  test("SMIC-28: it interrupts once as it rises, if it is to, also in a transfer", () => {
    const bench = new Bench();
    const handle = opened(bench);
    handle.enableInterrupt(true);
    handle.setAttention(true, false);
    expect(bench.registers.line).toBe(false);
    handle.setAttention(true, true);
    expect(bench.registers.line).toBe(true);
    bench.run("r2=84");
    handle.setAttention(true, true);
    expect(bench.registers.line).toBe(false);
    bench.run("41.18 r2=44");
    handle.setAttention(false, false);
    handle.setAttention(true, true);
    expect(bench.registers.line).toBe(true);
  });
});
