import { describe, expect, test } from "vitest";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { FaultyBtPort } from "../../../src/wire/bt/faults.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";

function bench(spacing: 1 | 4 = 1) {
  const time = new VirtualTime();
  const lane = time.lane("lab");
  const registers = new BtRegisters({ spacing });
  registers.writeControl(0x80);
  const port = new FaultyBtPort(registers, spacing, {
    now: () => time.nowUs,
    later: (us, run) => lane.at(time.nowUs + us, "later", run),
  });
  registers.onLine((level) => port.line(level));
  const arrived = () => {
    registers.writeControl(0x02);
    return [registers.readFifo(), registers.readFifo(), registers.readFifo()];
  };
  return { time, registers, port, arrived };
}

test("without a fault everything passes", () => {
  const { registers, port, arrived } = bench();
  for (const byte of [3, 0, 1]) port.write(1, byte);
  port.write(0, 0x04);
  registers.writeFifo(0x1c);
  expect([arrived(), port.read(0), port.read(1)]).toEqual([[3, 0, 1], 0x04, 0x1c]);
});

describe("faults on the way to the BMC", () => {
  test("a lost write does not arrive, and then the fault is over", () => {
    const { port, arrived } = bench();
    let ended = 0;
    port.inject({ kind: "lost-write", reg: "data", count: 1 }, () => ended++);
    port.write(0, 0x01);
    for (const byte of [0, 3, 2, 1]) port.write(1, byte);
    expect([arrived(), ended]).toEqual([[3, 2, 1], 1]);
  });

  test("only what has the bits is lost, when bits are named", () => {
    const { port } = bench();
    port.inject({ kind: "lost-write", reg: "control", bits: 0x40, count: 1 });
    port.write(0, 0x20);
    port.write(0, 0x44);
    expect(port.read(0)).toBe(0x20);
    port.write(0, 0x44);
    expect(port.read(0)).toBe(0x64);
  });

  test("a repeated toggle takes itself back", () => {
    const { time, port } = bench();
    port.inject({ kind: "repeated-write", reg: "control", count: 1, us: 20 });
    port.write(0, 0x40);
    expect(port.read(0)).toBe(0x40);
    time.runUntil(20);
    expect(port.read(0)).toBe(0x00);
  });

  test("a byte for the FIFO changes on its way, and nothing else does", () => {
    const { port, arrived } = bench(4);
    port.inject({ kind: "corrupt", direction: "write", xor: 0x81, count: 1 });
    port.write(0, 0x20);
    for (const byte of [3, 2, 1]) port.write(4, byte);
    expect([arrived(), port.read(0)]).toEqual([[0x82, 2, 1], 0x20]);
  });
});

describe("faults on the way to the host", () => {
  test("bits are stuck at 0 or at 1, in one register only", () => {
    const { registers, port } = bench();
    registers.writeFifo(0xf0);
    const high = port.inject({ kind: "stuck", reg: "control", bits: 0x88, level: 1 });
    expect([port.read(0), port.read(2)]).toEqual([0x88, 0]);
    high.end();
    port.inject({ kind: "stuck", reg: "data", bits: 0xc0, level: 0 });
    expect([port.read(0), port.read(1)]).toEqual([0x00, 0x30]);
  });

  test("B_BUSY falls late after each request, or never", () => {
    const { time, port } = bench();
    const late = port.inject({ kind: "busy-late", us: 50 });
    expect(port.read(0)).toBe(0x00);
    port.write(0, 0x01);
    expect(port.read(0)).toBe(0x00);
    port.write(0, 0x04);
    expect([port.read(0), port.read(2)]).toEqual([0x84, 0]);
    time.runUntil(49);
    expect(port.read(0)).toBe(0x84);
    time.runUntil(50);
    expect(port.read(0)).toBe(0x04);
    late.end();
    port.inject({ kind: "busy-late", us: Number.MAX_SAFE_INTEGER });
    port.write(0, 0x04);
    time.runUntil(1e12);
    expect(port.read(0)).toBe(0x84);
  });

  test("a byte of the FIFO changes on its way, and nothing else does", () => {
    const { registers, port } = bench();
    for (const byte of [0x1c, 0x1c]) registers.writeFifo(byte);
    port.inject({ kind: "corrupt", direction: "read", xor: 0xff, count: 1 });
    expect([port.read(0), port.read(1), port.read(1)]).toEqual([0x00, 0xe3, 0x1c]);
  });

  test("nothing is there: all reads alike, nothing arrives, and then it is there again", () => {
    const { port, arrived } = bench();
    const absent = port.inject({ kind: "absent", value: 0xff });
    port.write(1, 0x61);
    expect([port.read(0), port.read(1), port.read(2)]).toEqual([0xff, 0xff, 0xff]);
    absent.end();
    expect([port.read(0), arrived()]).toEqual([0x00, [0, 0, 0]]);
  });
});

describe("faults of the interrupt line", () => {
  test("changes are missing, and the level is not caught up with", () => {
    const { registers, port } = bench();
    const seen: boolean[] = [];
    port.onLine((level) => seen.push(level));
    registers.enableInterrupt(true);
    port.write(2, 0x01);
    const missing = port.inject({ kind: "missing-interrupt" });
    registers.writeControl(0x08);
    port.write(2, 0x03);
    missing.end();
    expect(seen).toEqual([]);
    registers.writeControl(0x10);
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
    expect([seen, ended]).toEqual([[true, false], 1]);
  });
});
