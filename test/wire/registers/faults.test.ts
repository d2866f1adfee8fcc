import { describe, expect, test } from "vitest";
import { VirtualTime } from "../../../src/time/virtual.ts";
import type { HostRegister } from "../../../src/trace/events.ts";
import type { RegisterSpacing } from "../../../src/wire/interface.ts";
import { FaultyRegisterPort } from "../../../src/wire/registers/faults.ts";
import { REGISTER_LAYOUTS } from "../../../src/wire/registers/layouts.ts";
import { KINDS } from "./blocks.ts";

// Goal: each fault does the same on every protocol's register block. Method: blocks that differ in
// what the protocol says of them alone, told by the registers' names.
describe.each(KINDS)("on $name", (kind) => {
  const layout = REGISTER_LAYOUTS[kind.name];

  function bench(spacing: RegisterSpacing = 1) {
    const time = new VirtualTime();
    const lane = time.lane("lab");
    const block = kind.make(spacing);
    const faulty = new FaultyRegisterPort(
      block.port,
      { layout, spacing },
      {
        now: () => time.nowUs,
        later: (us, run) => lane.at(time.nowUs + us, "later", run),
      },
    );
    block.onLine((level) => faulty.line(level));
    const lines: boolean[] = [];
    faulty.onLine((level) => lines.push(level));
    const offset = (register: number | undefined) => (register ?? Number.NaN) * spacing;
    const read = (reg: HostRegister) => faulty.read(offset(layout.read[reg]));
    const write = (reg: HostRegister, value: number) => {
      faulty.write(offset(layout.written[reg]), value);
    };
    const busy = () => (faulty.read(layout.busy.register * spacing) & layout.busy.flag) !== 0;
    return { time, block, faulty, lines, read, write, busy };
  }

  test.each([1, 4, 16] as const)("without a fault everything passes, %i apart", (spacing) => {
    const { block, read, write } = bench(spacing);
    write("data", 0x18);
    expect(block.taken()).toEqual([0x18]);
    block.offer(0x1c);
    expect(read("data")).toBe(0x1c);
    expect(read(kind.other.reg)).toBe(kind.other.idle);
  });

  test.each(["data", "any"] as const)("a lost write of %s does not arrive, and is over", (reg) => {
    const { block, faulty, write } = bench();
    let ended = 0;
    faulty.inject({ kind: "lost-write", reg, count: 1 }, () => ended++);
    write("data", 0x18);
    expect([block.taken(), ended]).toEqual([[], 1]);
    write("data", 0x19);
    expect(block.taken()).toEqual([0x19]);
  });

  test("only what has the bits is lost, when bits are named", () => {
    const { block, faulty, write } = bench();
    faulty.inject({ kind: "lost-write", reg: "data", bits: 0x80, count: 1 });
    write("data", 0x18);
    expect(block.taken()).toEqual([0x18]);
    write("data", 0x99);
    expect(block.taken()).toEqual([]);
    write("data", 0x9a);
    expect(block.taken()).toEqual([0x9a]);
  });

  test("a repeated write arrives again, a little later", () => {
    const { time, block, faulty, write } = bench();
    faulty.inject({ kind: "repeated-write", reg: "data", count: 1, us: 20 });
    write("data", 0x18);
    expect(block.taken()).toEqual([0x18]);
    write("data", 0x21);
    block.taken();
    time.runUntil(19);
    expect(block.taken()).toEqual([]);
    time.runUntil(20);
    expect(block.taken()).toEqual([0x18]);
  });

  test("a byte for the BMC changes on its way, once, and only data", () => {
    const { block, faulty, write } = bench(4);
    faulty.inject({ kind: "corrupt", direction: "write", xor: 0x81, count: 1 });
    const { reg, value } = kind.raises;
    if (reg !== "data") write(reg, value);
    write("data", 0x18);
    expect(block.taken()).toEqual([0x99]);
    write("data", 0x18);
    expect(block.taken()).toEqual([0x18]);
  });

  test("a byte for the host changes on its way, once, and only data", () => {
    const { block, faulty, read } = bench();
    block.offer(0x1c);
    block.offer(0x1c);
    const other = read(kind.other.reg);
    faulty.inject({ kind: "corrupt", direction: "read", xor: 0xff, count: 1 });
    expect([read(kind.other.reg), read("data"), read("data")]).toEqual([other, 0xe3, 0x1c]);
  });

  test("bits are stuck at 0 or at 1, in one register only, until that ends", () => {
    const { block, faulty, read } = bench();
    block.offer(0xf0);
    block.offer(0xf0);
    block.offer(0xf0);
    const high = faulty.inject({ kind: "stuck", reg: "data", bits: 0x09, level: 1 });
    expect(read("data")).toBe(0xf9);
    high.end();
    const low = faulty.inject({ kind: "stuck", reg: "data", bits: 0xc0, level: 0 });
    expect(read("data")).toBe(0x30);
    low.end();
    faulty.inject({ kind: "stuck", reg: kind.other.reg, bits: 0x20, level: 1 });
    expect([read("data"), read(kind.other.reg) & 0x20]).toEqual([0xf0, 0x20]);
  });

  test("the busy flag falls late after what raises it, or never", () => {
    const { time, faulty, write, busy } = bench();
    const late = faulty.inject({ kind: "busy-late", us: 50 });
    expect(busy()).toBe(false);
    write(kind.raises.reg, kind.raises.value);
    time.runUntil(49);
    expect(busy()).toBe(true);
    time.runUntil(50);
    expect(busy()).toBe(false);
    late.end();
    const never = faulty.inject({ kind: "busy-late", us: Number.MAX_SAFE_INTEGER });
    write(kind.raises.reg, kind.raises.value);
    time.runUntil(1e12);
    expect(busy()).toBe(true);
    never.end();
    expect(busy()).toBe(false);
  });

  test("a flag that stands late ends with its fault, whatever else acts", () => {
    const { faulty, write, busy } = bench();
    faulty.inject({ kind: "missing-interrupt" });
    const late = faulty.inject({ kind: "busy-late", us: 50 });
    write(kind.raises.reg, kind.raises.value);
    expect(busy()).toBe(true);
    late.end();
    expect(busy()).toBe(false);
  });

  test("nothing is there: all reads alike, nothing arrives, and then it is there again", () => {
    const { block, faulty, read, write } = bench();
    const absent = faulty.inject({ kind: "absent", value: 0xff });
    write("data", 0x18);
    for (const offset of [0, 1, 2, 3]) expect(faulty.read(offset)).toBe(0xff);
    absent.end();
    expect([read(kind.other.reg), block.taken()]).toEqual([kind.other.idle, []]);
  });

  test("changes of the line are missing, and the level is not caught up with", () => {
    const { block, faulty, lines } = bench();
    const missing = faulty.inject({ kind: "missing-interrupt" });
    block.interrupt();
    missing.end();
    expect(lines).toEqual([]);
    block.interrupt();
    expect(lines).toEqual([true]);
  });

  test("an interrupt comes without cause, and goes", () => {
    const { time, faulty, lines } = bench();
    let ended = 0;
    faulty.inject({ kind: "spurious-interrupt", us: 30 }, () => ended++);
    expect([lines, ended]).toEqual([[true], 0]);
    time.runUntil(30);
    expect([lines, ended]).toEqual([[true, false], 1]);
  });

  test("an intruder has the block before the access, once", () => {
    const { block, faulty, read } = bench();
    let ended = 0;
    faulty.inject({ kind: "intrusion", run: () => block.offer(0x42) }, () => ended++);
    expect([read("data"), ended]).toEqual([0x42, 1]);
  });

  test("a fault names a register of its own block", () => {
    const { faulty } = bench();
    const elsewhere = kind.name === "kcs" ? "intmask" : "status";
    expect(() => faulty.inject({ kind: "lost-write", reg: elsewhere, count: 1 })).toThrow();
    expect(() => faulty.inject({ kind: "stuck", reg: elsewhere, bits: 1, level: 1 })).toThrow();
  });
});
