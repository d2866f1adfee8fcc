import { describe, expect, test } from "vitest";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { FaultyKcsPort } from "../../../src/wire/kcs/faults.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";

function bench() {
  const time = new VirtualTime();
  const lane = time.lane("lab");
  const registers = new KcsRegisters();
  const arrived: string[] = [];
  registers.onInput(() => {
    const command = (registers.readStatus() & 0x08) !== 0;
    arrived.push(`${command ? "command" : "data"} ${registers.readInput().toString(16)}`);
  });
  const port = new FaultyKcsPort(registers, 1, {
    now: () => time.nowUs,
    later: (us, run) => lane.at(time.nowUs + us, "later", run),
  });
  registers.onLine((level) => port.line(level));
  return { time, registers, port, arrived };
}

describe("without a fault", () => {
  test("everything passes", () => {
    const { registers, port, arrived } = bench();
    port.write(1, 0x61);
    port.write(0, 0x18);
    expect(arrived).toEqual(["command 61", "data 18"]);
    registers.writeOutput(0x1c);
    expect([port.read(1), port.read(0)]).toEqual([0x01, 0x1c]);
  });
});

describe("faults on the way to the BMC", () => {
  test("a lost write does not arrive, and then the fault is over", () => {
    const { port, arrived } = bench();
    let ended = 0;
    port.inject({ kind: "lost-write", reg: "data", count: 1 }, () => ended++);
    port.write(1, 0x61);
    port.write(0, 0x18);
    port.write(0, 0x01);
    expect(arrived).toEqual(["command 61", "data 1"]);
    expect(ended).toBe(1);
  });

  test("a repeated write arrives again, a little later", () => {
    const { time, port, arrived } = bench();
    port.inject({ kind: "repeated-write", reg: "any", count: 1, us: 20 });
    port.write(0, 0x18);
    expect(arrived).toEqual(["data 18"]);
    time.runUntil(20);
    expect(arrived).toEqual(["data 18", "data 18"]);
  });

  test("a byte changes on its way", () => {
    const { port, arrived } = bench();
    port.inject({ kind: "corrupt", direction: "write", xor: 0x81, count: 1 });
    port.write(1, 0x61);
    port.write(0, 0x18);
    port.write(0, 0x18);
    expect(arrived).toEqual(["command 61", "data 99", "data 18"]);
  });
});

describe("faults on the way to the host", () => {
  test("bits are stuck at 0 or at 1, in one register only", () => {
    const { registers, port } = bench();
    registers.writeOutput(0xf0);
    const high = port.inject({ kind: "stuck", reg: "status", bits: 0x42, level: 1 });
    expect(port.read(1)).toBe(0x43);
    high.end();
    port.inject({ kind: "stuck", reg: "status", bits: 0x01, level: 0 });
    expect(port.read(1)).toBe(0x00);
    expect(port.read(0)).toBe(0xf0);
  });

  test("IBF falls late after each write, or never", () => {
    const { time, port } = bench();
    const late = port.inject({ kind: "ibf-late", us: 50 });
    port.write(0, 0x18);
    expect(port.read(1)).toBe(0x02);
    time.runUntil(49);
    expect(port.read(1)).toBe(0x02);
    time.runUntil(50);
    expect(port.read(1)).toBe(0x00);
    late.end();
    port.inject({ kind: "ibf-late", us: Number.MAX_SAFE_INTEGER });
    port.write(0, 0x18);
    time.runUntil(1e12);
    expect(port.read(1)).toBe(0x02);
  });

  test("a byte changes on its way, and only data", () => {
    const { registers, port } = bench();
    registers.writeOutput(0x1c);
    port.inject({ kind: "corrupt", direction: "read", xor: 0xff, count: 1 });
    expect([port.read(1), port.read(0), port.read(0)]).toEqual([0x01, 0xe3, 0x1c]);
  });

  test("nothing is there: all reads alike, nothing arrives, and then it is there again", () => {
    const { port, arrived } = bench();
    const absent = port.inject({ kind: "absent", value: 0xff });
    port.write(1, 0x61);
    expect([port.read(0), port.read(1)]).toEqual([0xff, 0xff]);
    absent.end();
    expect(port.read(1)).toBe(0x00);
    expect(arrived).toEqual([]);
  });
});

describe("faults of the interrupt line", () => {
  test("changes are missing, and the level is not caught up with", () => {
    const { registers, port } = bench();
    const seen: boolean[] = [];
    port.onLine((level) => seen.push(level));
    registers.enableInterrupt(true);
    const missing = port.inject({ kind: "missing-interrupt" });
    registers.writeOutput(0);
    registers.read(0);
    missing.end();
    expect(seen).toEqual([]);
    registers.writeOutput(0);
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
