import { describe, expect, test } from "vitest";
import { blockRead, blockWrite } from "../../wire/smbus/bus-script.ts";
import { answer, Bench, GET_DEVICE_ID, ramp, read, waiting } from "./bench.ts";

const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);

describe("the device towards its daemon", () => {
  test("SB1: a late answer is refused, whatever the host did in between", () => {
    for (const between of ["S20 w02 P", "S20 w06 P", GET_DEVICE_ID, "S20 w02 w00- P"]) {
      const bench = new Bench();
      const handle = bench.open();
      bench.run(GET_DEVICE_ID);
      const { ticket } = read(handle);
      bench.run(between);
      expect(handle.write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
      bench.run("S20 w03- P");
    }
  });

  test("SB15: a response has three bytes at least, and no more than the interface carries", () => {
    const bench = new Bench({}, { outputBytesMax: 80 });
    const handle = bench.open();
    bench.run(GET_DEVICE_ID);
    const { ticket } = read(handle);
    expect(handle.write(ticket, Uint8Array.of(0x1c, 1))).toEqual({ ok: false, error: "TOO_SHORT" });
    expect(handle.write(ticket, new Uint8Array(81))).toEqual({ ok: false, error: "TOO_LONG" });
    expect(handle.write(ticket, Uint8Array.from(ramp(80))).ok).toBe(true);
  });

  test("GEN-02: a request that is aborted is answered by the interface, CEh", () => {
    for (const isRead of [false, true]) {
      const bench = new Bench();
      const handle = bench.open();
      bench.run(GET_DEVICE_ID);
      const ticket = isRead ? read(handle).ticket : 0;
      handle.abort();
      expect(handle.write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
      bench.run(`${blockRead(0x03, [0x1c, 0x01, 0xce])} ${GET_DEVICE_ID}`);
      expect(waiting(handle)).toEqual([0x18, 0x01]);
    }
  });

  test("SSIF-23, GEN-02: of a request that is aborted between its parts nothing is carried out", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(blockWrite(0x06, ramp(32)));
    handle.abort();
    bench.run(blockWrite(0x08, [0x18, 0x02]));
    expect(handle.poll().readable).toBe(false);
    const [netFnLun = 0, cmd = 0] = ramp(32);
    bench.run(`${blockRead(0x03, [netFnLun | 0x04, cmd, 0xce])} ${GET_DEVICE_ID}`);
    expect(waiting(handle)).toEqual([0x18, 0x01]);
  });

  test("SSIF-25: a response outlives the daemon that gave it", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    handle.close();
    bench.open();
    bench.run(blockRead(0x03, [...RESPONSE]));
  });

  test("the daemon is told of each request, after the input latency", () => {
    const bench = new Bench({ inputLatencyUs: 100 });
    const told: number[] = [];
    const handle = bench.open(() => told.push(bench.time.nowUs));
    bench.run(GET_DEVICE_ID);
    bench.time.runUntil(50);
    expect(told).toEqual([]);
    bench.time.runUntil(100);
    expect(told).toEqual([100]);
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });
});

describe("an interface without a daemon", () => {
  test("refuse: the address is there, and no command is wanted", () => {
    const bench = new Bench();
    bench.run("S20 w02- w02- P S20 w03- P S20 P");
    bench.open();
    bench.run(GET_DEVICE_ID);
  });

  test("storm: everything is taken, and FFh is all that is read", () => {
    const bench = new Bench({ whenClosed: "storm" });
    bench.run(`${GET_DEVICE_ID} S20 w03 S21 rff+ rff+ rff P`);
    const handle = bench.open();
    expect(handle.poll().readable).toBe(false);
    bench.run(`S20 w03- P ${GET_DEVICE_ID}`);
  });

  test("hold: nobody is there", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.run("S20- w02- P");
    bench.device.whenClosed = "refuse";
    bench.run("S20 w02- P");
  });

  test("it takes over in the middle of a transaction: what was under way is lost, and no more", () => {
    for (const whenClosed of ["refuse", "storm", "hold"] as const) {
      for (const cut of ["S20", "S20 w02", "S20 w02 w02 w18", "S20 w02 w02 w18 w01"]) {
        const bench = new Bench({ whenClosed });
        const first = bench.open();
        bench.run(cut);
        first.close();
        bench.run("P");
        const second = bench.open();
        expect(waiting(second)).toBeUndefined();
        bench.run(GET_DEVICE_ID);
        expect(waiting(second)).toEqual([0x18, 0x01]);
      }
    }
  });
});

describe("power", () => {
  test("a processor that stands acknowledges nothing, in the middle of a transaction too", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run("S20 w02 w02 w18");
    bench.device.powered = false;
    bench.run("w01- P S20- P");
    bench.device.powered = true;
    bench.run(GET_DEVICE_ID);
    expect(waiting(handle)).toEqual([0x18, 0x01]);
  });

  test("a request that came before it stood still is there when it goes on", () => {
    const bench = new Bench({ inputLatencyUs: 100 });
    let told = 0;
    const handle = bench.open(() => told++);
    bench.run(GET_DEVICE_ID);
    bench.device.powered = false;
    bench.time.runUntil(200);
    expect(told).toBe(0);
    bench.device.powered = true;
    bench.time.runUntil(400);
    expect(told).toBe(1);
    expect(waiting(handle)).toEqual([0x18, 0x01]);
  });

  test("a reset drops the request, the response, the alert and the opener", () => {
    const bench = new Bench();
    const handle = bench.open();
    handle.enableInterrupt(true);
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    expect(bench.bus.alert).toBe(true);
    bench.device.reset();
    expect(bench.bus.alert).toBe(false);
    expect(handle.read(1_024)).toEqual({ ok: false, error: "CLOSED" });
    bench.open();
    bench.run("S20 w03- P");
  });
});

describe("SSIF-26: the alert", () => {
  function alerting() {
    const bench = new Bench();
    const handle = bench.open();
    handle.enableInterrupt(true);
    return { bench, handle };
  }

  test("tells of a response until it was read", () => {
    const { bench, handle } = alerting();
    bench.run(GET_DEVICE_ID);
    expect(bench.bus.alert).toBe(false);
    answer(handle, ramp(40));
    expect(bench.bus.alert).toBe(true);
    bench.run(`S20 w03 S21 ${"r+ ".repeat(32)} r P`);
    expect(bench.bus.alert).toBe(true);
    bench.run(`S20 w09 S21 ${"r+ ".repeat(11)} r P`);
    expect(bench.bus.alert).toBe(false);
  });

  test("is let go when the host has heard whose it is", () => {
    const { bench, handle } = alerting();
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    bench.run("S19 r20 P");
    expect(bench.bus.alert).toBe(false);
    bench.run(blockRead(0x03, [...RESPONSE]));
    expect(bench.bus.alert).toBe(false);
  });

  test("does not tell of responses when it is not enabled, nor of attention without an interrupt", () => {
    const bench = new Bench();
    const handle = bench.open();
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    handle.setAttention(true, false);
    expect(bench.bus.alert).toBe(false);
  });

  test("tells of attention once, until it falls and rises again", () => {
    const { bench, handle } = alerting();
    handle.setAttention(true, true);
    bench.run("S19 r20 P");
    handle.setAttention(true, true);
    expect(bench.bus.alert).toBe(false);
    handle.setAttention(false, false);
    handle.setAttention(true, true);
    expect(bench.bus.alert).toBe(true);
    handle.setAttention(false, false);
    expect(bench.bus.alert).toBe(false);
  });

  test("of two causes the second is told of when the first has been dealt with", () => {
    const { bench, handle } = alerting();
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    handle.setAttention(true, true);
    bench.run("S19 r20 P");
    expect(bench.bus.alert).toBe(false);
    bench.run(blockRead(0x03, [...RESPONSE]));
    expect(bench.bus.alert).toBe(true);
  });

  test("a new request takes back the alert for the old response", () => {
    const { bench, handle } = alerting();
    bench.run(GET_DEVICE_ID);
    answer(handle, RESPONSE);
    bench.run("S20 w02 P");
    expect(bench.bus.alert).toBe(false);
  });
});
