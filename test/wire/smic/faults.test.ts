import { describe, expect, test } from "vitest";
import { SmicDevice } from "../../../src/bmc/smic/device.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { FaultySmicPort } from "../../../src/wire/smic/faults.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";

function bench() {
  const time = new VirtualTime();
  const lane = time.lane("lab");
  const registers = new SmicRegisters();
  const taken: string[] = [];
  registers.onBusy(() => {
    taken.push(`${registers.readControl().toString(16)} ${registers.readData().toString(16)}`);
    registers.clearBusy();
  });
  const port = new FaultySmicPort(
    registers,
    { spacing: 1, tags: registers.tags },
    {
      now: () => time.nowUs,
      later: (us, run) => lane.at(time.nowUs + us, "later", run),
      elapse: (us) => time.elapse(us),
    },
  );
  registers.onLine((level) => port.line(level));
  const hand = (control: number, data: number) => {
    port.write(1, control);
    port.write(0, data);
    port.write(2, 0x01);
  };
  return { time, registers, port, taken, hand };
}

describe("without a fault", () => {
  test("everything passes", () => {
    const { registers, port, taken, hand } = bench();
    hand(0x41, 0x18);
    expect(taken).toEqual(["41 18"]);
    registers.writeData(0x1c);
    registers.writeStatusCode(0xc4);
    registers.updateFlags(0x80, 0x80);
    expect([port.read(0), port.read(1), port.read(2)]).toEqual([0x1c, 0xc4, 0x80]);
  });
});

describe("faults on the way to the BMC", () => {
  test.each([
    ["data", ["41 0", "42 1"]],
    ["control", ["c0 18", "42 1"]],
    ["flags", ["42 1"]],
    ["any", ["c0 18", "42 1"]],
  ] as const)("a lost write of %s does not arrive, and then the fault is over", (reg, arrived) => {
    const { port, taken, hand } = bench();
    let ended = 0;
    port.inject({ kind: "lost-write", reg, count: 1 }, () => ended++);
    hand(0x41, 0x18);
    hand(0x42, 0x01);
    expect(taken).toEqual(arrived);
    expect(ended).toBe(1);
  });

  test("a repeated BUSY hands the same registers over again, a little later", () => {
    const { time, port, taken, hand } = bench();
    port.inject({ kind: "repeated-write", reg: "flags", count: 1, us: 20 });
    hand(0x41, 0x18);
    expect(taken).toEqual(["41 18"]);
    time.runUntil(20);
    expect(taken).toEqual(["41 18", "41 18"]);
  });

  test("a byte changes on its way, and only data", () => {
    const { port, taken, hand } = bench();
    port.inject({ kind: "corrupt", direction: "write", xor: 0x81, count: 1 });
    hand(0x41, 0x18);
    hand(0x42, 0x18);
    expect(taken).toEqual(["41 99", "42 18"]);
  });
});

describe("faults on the way to the host", () => {
  test("bits are stuck at 0 or at 1, in one register only", () => {
    const { registers, port } = bench();
    registers.writeData(0xf0);
    registers.updateFlags(0x40, 0x40);
    const high = port.inject({ kind: "stuck", reg: "flags", bits: 0x81, level: 1 });
    expect(port.read(2)).toBe(0xc1);
    high.end();
    port.inject({ kind: "stuck", reg: "flags", bits: 0x40, level: 0 });
    port.inject({ kind: "stuck", reg: "control", bits: 0xff, level: 0 });
    expect([port.read(0), port.read(1), port.read(2)]).toEqual([0xf0, 0, 0]);
  });

  test("BUSY falls late after each time that the host set it, or never", () => {
    const { time, port } = bench();
    const late = port.inject({ kind: "busy-late", us: 50 });
    port.write(1, 0x40);
    expect(port.read(2)).toBe(0);
    port.write(2, 0x01);
    expect([port.read(2), port.read(1)]).toEqual([0x01, 0x40]);
    time.runUntil(49);
    expect(port.read(2)).toBe(0x01);
    time.runUntil(50);
    expect(port.read(2)).toBe(0x00);
    late.end();
    port.inject({ kind: "busy-late", us: Number.MAX_SAFE_INTEGER });
    port.write(2, 0x01);
    time.runUntil(1e12);
    expect(port.read(2)).toBe(0x01);
  });

  test("a byte changes on its way, and only data", () => {
    const { registers, port } = bench();
    registers.writeData(0x1c);
    port.inject({ kind: "corrupt", direction: "read", xor: 0xff, count: 1 });
    expect([port.read(1), port.read(0), port.read(0)]).toEqual([0xc0, 0xe3, 0x1c]);
  });

  test("nothing is there: all reads alike, nothing arrives, and then it is there again", () => {
    const { port, taken, hand } = bench();
    const absent = port.inject({ kind: "absent", value: 0xff });
    hand(0x41, 0x18);
    expect([port.read(0), port.read(1), port.read(2)]).toEqual([0xff, 0xff, 0xff]);
    absent.end();
    expect(port.read(1)).toBe(0xc0);
    expect(taken).toEqual([]);
  });
});

describe("faults of the interrupt line", () => {
  test("changes are missing, and the level is not caught up with", () => {
    const { registers, port } = bench();
    const seen: boolean[] = [];
    port.onLine((level) => seen.push(level));
    registers.enableInterrupt(true);
    const missing = port.inject({ kind: "missing-interrupt" });
    registers.interrupt();
    registers.read(2);
    missing.end();
    expect(seen).toEqual([]);
    registers.interrupt();
    expect(seen).toEqual([true]);
  });

  test("an interrupt comes without cause, and goes", () => {
    const { time, port } = bench();
    const seen: boolean[] = [];
    port.onLine((level) => seen.push(level));
    let ended = 0;
    port.inject({ kind: "spurious-interrupt", us: 30 }, () => ended++);
    expect(seen).toEqual([true]);
    time.runUntil(30);
    expect(seen).toEqual([true, false]);
    expect(ended).toBe(1);
  });
});

describe("an SMI in the middle of a transfer", () => {
  const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);

  function machine() {
    const time = new VirtualTime();
    const lab = time.lane("lab");
    const registers = new SmicRegisters();
    const device = new SmicDevice(registers, time.lane("bmc"), {
      inputLatencyUs: 1,
      whenClosed: "refuse",
      trusting: false,
    });
    device.reset();
    const asked: { tag: number; message: number[] }[] = [];
    const opened = device.open(() => {
      if (!opened.ok) return;
      const request = opened.value.read(1_000);
      if (!request.ok) return;
      asked.push({ tag: request.value.tag, message: [...request.value.message] });
      opened.value.write(request.value.ticket, Uint8Array.of(0x1c, 0x01, 0x00));
    });
    const port = new FaultySmicPort(
      registers,
      { spacing: 1, tags: registers.tags },
      {
        now: () => time.nowUs,
        later: (us, run) => lab.at(time.nowUs + us, "later", run),
        elapse: (us) => time.elapse(us),
      },
    );
    const hand = (control: number, data?: number) => {
      port.write(1, control);
      if (data !== undefined) port.write(0, data);
      port.write(2, 0x01);
      time.runUntil(time.nowUs + 1);
      return [port.read(2) & 0x01, port.read(1), port.read(0)];
    };
    return { registers, port, device, asked, hand };
  }

  test("SMIC-07: a handler that restores leaves the registers as they were", () => {
    const { registers, port, asked, hand } = machine();
    registers.tags.request = 9;
    expect(hand(0x41, 0x18)).toEqual([0, 0xc1, 0x18]);
    let ended = 0;
    port.inject({ kind: "smi", request: GET_DEVICE_ID, restores: true }, () => ended++);
    expect([port.read(1), port.read(0), ended]).toEqual([0xc1, 0x18, 1]);
    // It is nobody's request by the host's tags, and the host's own tag is back.
    expect(asked).toEqual([{ tag: 0, message: [0x18, 0x01] }]);
    expect(registers.tags.request).toBe(9);
    // SMIC-26: the BMC says that the stream was interrupted.
    expect(hand(0x42, 0x01)).toEqual([0, 0xc0, 0x01]);
    expect(hand(0x41, 0x18)).toEqual([0, 0xc1, 0x18]);
  });

  test("a handler that does not leaves the status of its own stream", () => {
    const { port, hand } = machine();
    hand(0x41, 0x18);
    port.inject({ kind: "smi", request: GET_DEVICE_ID, restores: false });
    expect([port.read(1), port.read(0)]).toEqual([0xe0, 0x00]);
  });

  test("a BMC that does not clear BUSY does not hold the handler for ever", () => {
    const { registers, port, device } = machine();
    device.powered = false;
    port.write(2, 0x01);
    let ended = 0;
    port.inject({ kind: "smi", request: GET_DEVICE_ID, restores: true }, () => ended++);
    expect(port.read(2) & 0x01).toBe(1);
    expect([ended, registers.tags.request]).toEqual([1, 0]);
  });
});
