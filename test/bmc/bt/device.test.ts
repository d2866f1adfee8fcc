import { describe, expect, test } from "vitest";
import { BtControl } from "../../../src/wire/bt/protocol.ts";
import { Bench, CAPABILITIES, getDeviceId, read, takes } from "./register-script.ts";

const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);
const AWAY_US = 4_990_000;

describe("the BT protocol towards the host", () => {
  test("BT-20: after a reset B_BUSY is set, and falls when the daemon has opened the device", () => {
    const bench = new Bench();
    bench.run("r0=80");
    bench.opened();
    bench.run("r0=0");
    bench.run("w0=24");
    bench.device.reset();
    bench.run("r0=80");
  });

  // Goal: every byte of the exchange is as on a real interface. Method: the register trace that an
  // unmodified kernel left on the wire, byte for byte.
  test("a whole transaction", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run("r0 r0 r0 w0=1 w1=3 w1=18 w1=1c w1=1 w0=4");
    const request = read(handle);
    expect(request.message).toEqual([0x18, 0x01]);
    expect(handle.write(request.ticket, RESPONSE).ok).toBe(true);
    bench.run("r0=8 r0=8 w0=40 w0=8 r0=40 r0=40 w0=2 r1=4 r1=1c r1=1c r1=1 r1=0 w0=40 r0=0");
  });

  // Goal: the BMC does each thing in its order. Method: the controller's face, wrapped.
  test("BT-21, BT-22, BT-24: busy, clear, read, not busy; a response whole, then B2H_ATN", () => {
    const bench = new Bench();
    const done: string[] = [];
    const { registers } = bench;
    const { writeControl, readFifo, writeFifo } = registers;
    registers.writeControl = (bits) => {
      done.push(`control ${bits.toString(16)}`);
      writeControl.call(registers, bits);
    };
    registers.readFifo = () => {
      done.push("read");
      return readFifo.call(registers);
    };
    registers.writeFifo = (value) => {
      done.push("write");
      writeFifo.call(registers, value);
    };
    const handle = bench.opened();
    done.length = 0;
    bench.run(getDeviceId(7));
    const reads = ["read", "read", "read", "read"];
    expect(done.splice(0)).toEqual([
      "control 80",
      "control 4",
      "control 2",
      ...reads,
      "control 80",
    ]);
    handle.write(read(handle).ticket, RESPONSE);
    expect(done).toEqual(["control 1", "write", "write", "write", "write", "write", "control 8"]);
  });

  test("B_BUSY stays set while the BMC is full, if it is one that does so", () => {
    const bench = new Bench({ busyWhileFull: true });
    const handle = bench.opened();
    bench.run(`r0=0 ${getDeviceId(7)} r0=80`);
    handle.write(read(handle).ticket, RESPONSE);
    bench.run(`r0=8 ${takes(4, 0x1c, 7, 1, 0)} r0=0`);
  });

  test("B_BUSY falls when a request that is never answered runs out of its time", () => {
    const bench = new Bench({ busyWhileFull: true });
    const handle = bench.opened();
    bench.run(getDeviceId(7));
    read(handle);
    bench.run(`[2000000] r0=80 [${AWAY_US}] r0=0 ${getDeviceId(8)}`);
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });

  test("BT-22: what it cannot take yet it leaves where it is", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(`${getDeviceId(7)} r0=0 ${getDeviceId(8)} r0=4`);
    handle.write(read(handle).ticket, RESPONSE);
    bench.run("[0] r0=8");
    expect(read(handle).message).toEqual([0x18, 0x01]);
    bench.run(`${takes(4, 0x1c, 7, 1, 0)} r0=0`);
  });

  test.each(["w0=40", "w0=40 w0=8"])("BT-23: a response waits while the host is busy", (busy) => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outstandingRequests: 2 } });
    const handle = bench.opened();
    bench.run(`${getDeviceId(7)} ${getDeviceId(8)}`);
    const first = read(handle);
    handle.write(first.ticket, RESPONSE);
    bench.run("r0=8");
    handle.write(read(handle).ticket, Uint8Array.of(0x1c, 0x01, 0x77));
    bench.run(busy);
    bench.run("[1000]");
    bench.run(`${busy.includes("w0=8") ? "" : "w0=8"} w0=2 r1=4 r1=1c r1=7 r1=1 r1=0 r0=40 w0=40`);
    bench.run(`r0=8 ${takes(4, 0x1c, 8, 1, 0x77)} r0=0`);
  });

  test("BT-25: answers may come in any order, each with its own Seq", () => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outstandingRequests: 3 } });
    const handle = bench.opened();
    bench.run(`${getDeviceId(7)} ${getDeviceId(8)} ${getDeviceId(9)}`);
    const requests = [read(handle), read(handle), read(handle)];
    for (const [at, cc] of [
      [1, 0x81],
      [2, 0x82],
      [0, 0x80],
    ] as const) {
      handle.write(requests[at]?.ticket ?? 0, Uint8Array.of(0x1c, 0x01, cc));
    }
    bench.run(`${takes(4, 0x1c, 8, 1, 0x81)} ${takes(4, 0x1c, 9, 1, 0x82)}`);
    bench.run(`${takes(4, 0x1c, 7, 1, 0x80)} r0=0`);
  });

  // A request in hand for long is not forgotten over the others that come and go meanwhile.
  test("a slow answer is that to its own request, however many were answered since", () => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outstandingRequests: 2 } });
    const handle = bench.opened();
    bench.run(getDeviceId(200));
    const slow = read(handle);
    for (let seq = 1; seq < 100; seq++) {
      bench.run(getDeviceId(seq));
      handle.write(read(handle).ticket, RESPONSE);
      bench.run(takes(4, 0x1c, seq, 1, 0));
    }
    expect(handle.write(slow.ticket, RESPONSE).ok).toBe(true);
    bench.run(`${takes(4, 0x1c, 200, 1, 0)} r0=0`);
  });

  test.each([0, 1, 2])("BT-04: a frame of Length %i is dropped", (length) => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(`w0=1 w1=${length} w1=18 w1=7 w1=1 w0=4 r0=0`);
    expect(handle.poll().readable).toBe(false);
    bench.run(getDeviceId(8));
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });

  test("a request longer than the BMC takes gets C8h from the interface", () => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, inputBytesMax: 63 } });
    const handle = bench.opened();
    const request = (length: number) => {
      return `w0=1 w1=${length.toString(16)} w1=28 w1=7 w1=44 ${"w1=aa ".repeat(length - 3)} w0=4`;
    };
    bench.run(`${request(64)} r0=8 ${takes(4, 0x2c, 7, 0x44, 0xc8)}`);
    expect(handle.poll().readable).toBe(false);
    bench.run(request(63));
    expect(read(handle).message.length).toBe(62);
  });
});

describe("time", () => {
  test("BT-26: what is answered late is refused, and never given to the host", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(getDeviceId(7));
    const { ticket } = read(handle);
    bench.run(`[${AWAY_US}]`);
    expect(handle.write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
    bench.run("r0=0");
  });

  test("BT-26: a response that the host does not take in time is thrown away", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(`w0=40 ${getDeviceId(7)}`);
    handle.write(read(handle).ticket, RESPONSE);
    bench.run(`r0=40 [${AWAY_US}] w0=40 r0=0 ${getDeviceId(8)}`);
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });

  test("a request that nobody read in time is forgotten, and one that waited is taken", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(`${getDeviceId(7)} ${getDeviceId(8)} r0=4 [${AWAY_US}] r0=0`);
    const request = read(handle);
    expect(handle.read(1_024)).toEqual({ ok: false, error: "AGAIN" });
    handle.write(request.ticket, RESPONSE);
    bench.run(takes(4, 0x1c, 8, 1, 0));
  });

  test("while a host stays busy, time passes, and no turn is without end", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(`w0=40 ${getDeviceId(7)}`);
    handle.write(read(handle).ticket, RESPONSE);
    bench.run(`${getDeviceId(8)} r0=44 [${10 * AWAY_US}] w0=40`);
    expect(handle.poll().readable).toBe(false);
    bench.run("r0=0");
  });

  test("a trusting device answers late, and as often as it is told to", () => {
    const bench = new Bench({ trusting: true });
    const handle = bench.opened();
    bench.run(getDeviceId(7));
    const { ticket } = read(handle);
    bench.run(`[${2 * AWAY_US}]`);
    expect(handle.write(ticket, RESPONSE).ok).toBe(true);
    expect(handle.write(ticket, RESPONSE).ok).toBe(true);
    bench.run(`${takes(4, 0x1c, 7, 1, 0)} ${takes(4, 0x1c, 7, 1, 0)} r0=0`);
    expect(handle.write(ticket + 1, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
  });
});

describe("the device towards its daemon", () => {
  // Two BT interfaces in one system: the state of one is not that of the other.
  test("BB2: two devices are two", () => {
    const [one, two] = [new Bench(), new Bench()];
    one.opened();
    two.opened();
    one.run("r0=0");
    two.run("r0=0");
  });

  test("a reader is told, as often as there is something", () => {
    const bench = new Bench();
    let told = 0;
    bench.device.open(() => told++);
    bench.run("[10]");
    expect(told).toBe(0);
    bench.run(getDeviceId(7));
    expect(told).toBe(1);
  });

  test("a response has its bounds", () => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outputBytesMax: 40 } });
    const handle = bench.opened();
    bench.run(getDeviceId(7));
    const { ticket } = read(handle);
    expect(handle.write(ticket, Uint8Array.of(0x1c, 1))).toEqual({ ok: false, error: "TOO_SHORT" });
    expect(handle.write(ticket, new Uint8Array(40))).toEqual({ ok: false, error: "TOO_LONG" });
    expect(handle.write(ticket, new Uint8Array(39)).ok).toBe(true);
  });

  test.each(["abort", "close"] as const)("%s: who waits is told that nothing comes", (how) => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outstandingRequests: 2 } });
    const handle = bench.opened();
    bench.run(`${getDeviceId(7)} ${getDeviceId(8)}`);
    const { ticket } = read(handle);
    handle[how]();
    bench.run(`${takes(4, 0x1c, 7, 1, 0xce)} ${takes(4, 0x1c, 8, 1, 0xce)} r0=0`);
    handle.close();
    expect(bench.opened().write(ticket, RESPONSE)).toEqual({ ok: false, error: "NOT_AWAITED" });
  });

  test("the transaction's tag goes with the request, and comes with its response", () => {
    const bench = new Bench({ capabilities: { ...CAPABILITIES, outstandingRequests: 2 } });
    const handle = bench.opened();
    const { tags } = bench.registers;
    tags.request = 70;
    bench.run(getDeviceId(7));
    tags.request = 80;
    bench.run(getDeviceId(8));
    const [first, second] = [handle.read(99), handle.read(99)];
    if (!first.ok || !second.ok) throw new Error("two requests are there");
    expect([first.value.tag, second.value.tag]).toEqual([70, 80]);
    handle.write(second.value.ticket, RESPONSE);
    expect(tags.response).toBe(80);
    handle.write(first.value.ticket, RESPONSE);
    expect(tags.response).toBe(80);
    bench.run(takes(4, 0x1c, 8, 1, 0));
    expect(tags.response).toBe(70);
  });
});

describe("without a daemon", () => {
  test("refuse: each request is answered by the interface, CEh", () => {
    const bench = new Bench();
    bench.device.whenClosed = "refuse";
    bench.run(`r0=0 ${getDeviceId(7)} r0=8 ${takes(4, 0x1c, 7, 1, 0xce)} r0=0`);
  });

  test("hold: B_BUSY stays set, and a daemon clears it", () => {
    const bench = new Bench({ whenClosed: "hold" });
    bench.device.whenClosed = "hold";
    bench.run(`r0=80 ${getDeviceId(7)} r0=84`);
    const handle = bench.opened();
    bench.run("[0] r0=0");
    expect(read(handle).message).toEqual([0x18, 0x01]);
    handle.close();
    bench.run("r0=88");
  });

  test("storm: B2H_ATN comes up over and over", () => {
    const bench = new Bench();
    bench.device.whenClosed = "storm";
    bench.run(`[0] r0=8 w0=40 w0=8 r0=48 w0=40 r0=8 w0=8 r0=8 ${getDeviceId(7)} r0=8`);
  });

  test("without its processor the BMC leaves everything as it is", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run(getDeviceId(7));
    const { ticket } = read(handle);
    bench.device.powered = false;
    handle.write(ticket, RESPONSE);
    bench.run(`r0=0 ${getDeviceId(8)} r0=4`);
    bench.device.powered = true;
    bench.run("[0] r0=8");
  });
});

describe("attention", () => {
  test("BT-30: SMS_ATN rises for news, and only the host takes it back", () => {
    const bench = new Bench();
    const handle = bench.opened();
    handle.setAttention(true, false);
    bench.run("r0=10");
    handle.setAttention(false, false);
    bench.run("r0=10 w0=10 r0=0");
    handle.setAttention(true, false);
    bench.run("r0=10 w0=10 r0=0");
    handle.setAttention(true, false);
    bench.run("r0=0");
    handle.setAttention(true, false, true);
    bench.run("r0=10");
  });

  test("BT-29: the line belongs to whoever has both ends enabled", () => {
    const bench = new Bench();
    const handle = bench.opened();
    bench.run("w2=1");
    handle.setAttention(true, true);
    expect(bench.registers.line).toBe(false);
    handle.enableInterrupt(true);
    expect(bench.registers.line).toBe(true);
    bench.run("w2=3 r2=1");
    expect(bench.registers.line).toBe(false);
    bench.run(getDeviceId(7));
    handle.write(read(handle).ticket, RESPONSE);
    expect([bench.registers.line, bench.registers.read(0)]).toEqual([
      true,
      BtControl.SmsAtn | BtControl.B2hAtn,
    ]);
  });
});
