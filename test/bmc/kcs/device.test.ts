import { describe, expect, test } from "vitest";
import type { DeviceHandle } from "../../../src/bmc/device.ts";
import { Bench, GET_DEVICE_ID } from "./register-script.ts";

const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);

function opened(bench: Bench): DeviceHandle {
  const result = bench.device.open(() => {});
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function read(handle: DeviceHandle): { ticket: number; message: number[] } {
  const result = handle.read(1_024);
  if (!result.ok) throw new Error(result.error);
  return { ticket: result.value.ticket, message: [...result.value.message] };
}

type Disturbance = (bench: Bench, handle: DeviceHandle) => void;

const DISTURBANCES: readonly Disturbance[] = [
  (_bench, handle) => handle.abort(),
  (_bench, handle) => handle.close(),
  (bench, handle) => {
    handle.close();
    opened(bench);
  },
];

describe("the KCS protocol towards the host", () => {
  test("KCS-20: after a reset the state bits read ERROR, and WRITE_START leads out", () => {
    const bench = new Bench();
    opened(bench);
    bench.run(`r1=c0 ${GET_DEVICE_ID} r1=40`);
  });

  // Goal: every byte of the exchange is as on a real channel. Method: the register trace that an
  // unmodified kernel left on the wire, byte for byte.
  test("a whole transaction", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("w1=61 r1=89 r0=0 w0=18 r1=81 r0=0 w1=62 r1=89 r0=0 w0=01 r1=40");
    const request = read(handle);
    expect(request.message).toEqual([0x18, 0x01]);
    expect(handle.write(request.ticket, RESPONSE).ok).toBe(true);
    bench.run("r1=41 r0=1c w0=68 r1=41 r0=1 w0=68 r1=41 r0=0 w0=68 r1=1 r0=0 r1=0");
  });

  test("KCS-23: GET_STATUS/ABORT ends in IDLE with `aborted` while a transfer runs", () => {
    const bench = new Bench();
    opened(bench);
    bench.run("w1=61 r0 w0=18 r0 w1=60 r1=89 r0=0 w0=00 r1=41 r0=1 w0=68 r1=1 r0=0 r1=0");
  });

  test("KCS-30: a reserved control code is ERROR, status code 02h", () => {
    const bench = new Bench();
    opened(bench);
    bench.run("w1=63 r1=c9 r0=0 w1=60 r1=89 r0=0 w0=00 r1=41 r0=2 w0=68 r1=1 r0=0 r1=0");
  });

  test.each([
    ["idle", "w1=60 r0 w0=00 r0 w0=68 r0 w1=62 r1=c9 r0=0"],
    ["error", "w1=62 r1=c9 r0=0"],
    ["write end", "w1=61 r0 w0=18 r0 w1=62 r0 w1=62 r1=c9 r0=0"],
    ["executing", `${GET_DEVICE_ID} r0 w1=62 r1=c9 r0=0`],
  ])("WRITE_END in the wrong phase (%s) is an error", (_phase, script) => {
    const bench = new Bench();
    opened(bench);
    bench.run(script);
  });

  test("KCS-06: a request of one byte is a length error", () => {
    const bench = new Bench();
    opened(bench);
    bench.run("w1=61 r0 w1=62 r1=c9 r0=0 w1=60 r0 w0=00 r1=41 r0=6 w0=68 r1=1 r0=0");
  });

  test("KCS-30: a request too long is a length error, and the next one is served", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(`w1=61 r0 ${"w0=aa r1=81 r0 ".repeat(1_000)} w0=aa r1=c1 r0=0`);
    expect(handle.poll().readable).toBe(false);
    bench.run(`w1=60 r0 w0=00 r1=41 r0=6 w0=68 r1=1 r0=0 ${GET_DEVICE_ID}`);
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });

  test("a code other than READ in the read phase is ERROR, status code 02h", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    handle.write(read(handle).ticket, RESPONSE);
    bench.run("r1=41 r0=1c w0=69 r1=c1 r0=0 w1=60 r0 w0=00 r1=41 r0=2");
  });

  // Goal: WRITE_START restarts from every phase. Method: cut a whole exchange after each of its
  // accesses, start again, and look at the request that arrives.
  test("KCS-22: WRITE_START restarts in any phase", () => {
    const whole = `${GET_DEVICE_ID} r0 w0=68 r0 w1=60 r0 w0=00 r0 w0=68 r0`.split(" ");
    for (let cut = 0; cut <= whole.length; cut++) {
      const bench = new Bench();
      const handle = opened(bench);
      if (cut > 0)
        bench.run(
          whole
            .slice(0, cut)
            .join(" ")
            .replaceAll(/(r[01])=\w+/g, "$1"),
        );
      bench.run("w1=61 r1=89 r0 w0=18 r1=81 r0 w0=77 r1=81 r0 w1=62 r1=89 r0 w0=05 r1=40");
      expect(read(handle).message, `cut after ${cut} accesses`).toEqual([0x18, 0x77, 0x05]);
    }
  });
});

describe("the device towards its daemon", () => {
  test.each([
    ["WRITE_START", `${GET_DEVICE_ID} r0`],
    ["GET_STATUS/ABORT", "w1=60 r0 w0=00 r0 w0=68 r0"],
  ])("KCS-28: an answer to a request ended by %s is refused", (_code, script) => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    const { ticket } = read(handle);
    bench.run(script.replaceAll(/(r[01])=\w+/g, "$1"));
    if (handle.poll().readable) read(handle);
    expect(handle.write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
  });

  test("KCS-27: a close in the middle of a transaction aborts it, and the handle is dead", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("w1=61 r1=89 r0=0 w0=18 r1=81 r0=0");
    handle.close();
    bench.run("r1=c1 r0=0");
    expect(handle.read(1_024)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.write(1, RESPONSE)).toEqual({ ok: false, error: "CLOSED" });
    expect(handle.abort()).toEqual({ ok: false, error: "CLOSED" });
  });

  // Goal: no moment at which a daemon aborts, goes or comes disturbs a host that recovers.
  // Method: each of these before each of the recovery's accesses, and before the BMC's turn to each.
  const RECOVERY = "w1=60 r1=89 r0=0 w0=00 r1=41 r0=1 w0=68 r1=1 r0=0 r1=0".split(" ");
  test.each(RECOVERY.map((access, index) => [index, access]))(
    "KCS-23: GET_STATUS/ABORT ends in IDLE, whoever comes or goes before access %i, %s",
    (index) => {
      for (const disturb of DISTURBANCES) {
        const bench = new Bench();
        const handle = opened(bench);
        bench.run("w1=61 r0 w0=18 r0");
        bench.run(RECOVERY.slice(0, index).join(" ") || "r1");
        if (index === 0) bench.registers.write(1, 0x60);
        disturb(bench, handle);
        bench.time.runUntil(0);
        bench.run(RECOVERY.slice(Math.max(index, 1)).join(" "));
      }
    },
  );

  test.each(["abort", "close"] as const)(
    "KCS-22, KCS-27: at %s a WRITE_START that waits for the BMC's turn is not swallowed",
    (what) => {
      const bench = new Bench();
      const handle = opened(bench);
      bench.run("w1=61 r0 w0=18 r0");
      bench.registers.write(1, 0x61);
      handle[what]();
      expect(bench.registers.read(1)).toBe(0xcb);
      bench.time.runUntil(0);
      bench.run("r1=89 r0=0 w0=18 r1=81");
    },
  );

  test("a new daemon synchronises with the host by an abort", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.run("w1=61 r1=ca");
    const handle = opened(bench);
    bench.time.runUntil(0);
    bench.run("r1=89 r0=0 w0=18 r1=81 r0=0 w1=62 r0 w0=01 r1=40");
    handle.close();
    bench.run("r1=c1 r0=0");
    const next = opened(bench);
    bench.run(GET_DEVICE_ID);
    expect(read(next).message).toEqual([0x18, 0x01]);
  });
});

describe("a channel without a daemon", () => {
  test("refuse: the protocol runs, a request ends in ERROR, and abort reaches IDLE", () => {
    const bench = new Bench();
    bench.run(`${GET_DEVICE_ID} r1=c1 r0=0 w1=60 r1=89 r0=0 w0=00 r1=41 r0=1 w0=68 r1=1 r0=0 r1=0`);
  });

  // The status values of a half-alive channel that a fleet's logs showed: 6 c1, 7 c9, 8 c1.
  test("K1, storm: every byte is met with ERROR and a zero byte", () => {
    const bench = new Bench({ whenClosed: "storm" });
    bench.run("w1=60 r1=c9 r0=0 w0=00 r1=c1 r0=0 w0=68 r1=c1 r0=0 w1=61 r1=c9 r0=0");
  });

  test("hold: IBF stays set until a daemon opens the device", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.run("w1=61 r1=ca r1=ca");
    opened(bench);
    bench.time.runUntil(0);
    bench.run("r1=89");
  });
});

describe("attention", () => {
  test("KCS-40: SMS_ATN follows the daemon, with and without the interrupt", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("w1=60 r0 w0=00 r0 w0=68 r0 r1=0");
    handle.setAttention(true, false);
    bench.run("r1=4");
    handle.setAttention(false, false);
    bench.run("r1=0");
  });

  test("KCS-33: the attention interrupt is a dummy byte, and never overwrites an unread one", () => {
    const bench = new Bench();
    const handle = opened(bench);
    handle.enableInterrupt(true);
    bench.run("w1=60 r0 w0=00 r0 w0=68 r0 r1=0");
    expect(bench.registers.line).toBe(false);
    handle.setAttention(true, true);
    expect(bench.registers.line).toBe(true);
    bench.run("r1=5 r0=0 r1=4");
    expect(bench.registers.line).toBe(false);
  });
});
