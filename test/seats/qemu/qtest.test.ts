import { expect, test } from "vitest";
import { type LineChange, Qtest } from "../../../src/seats/qemu/index.ts";
import { ScriptChannel } from "./script-channel.ts";

test("registers are read and written in QEMU's words", () => {
  const channel = new ScriptChannel([
    ...["> inb 0xca3", "< OK 0x00c1"],
    ...["> outb 0xca2 0x61", "< OK"],
    ...["> inl 0xcfc", "< OK 0xffffffff"],
    ...["> outl 0xcf8 0x80002010", "< OK"],
    ...["> readl 0x1e789024", "< OK 0x0000000000000061"],
    ...["> writel 0x1e78903c 0xc8", "< OK"],
  ]);
  const qtest = new Qtest(channel);
  expect(qtest.inb(0xca3)).toBe(0xc1);
  qtest.outb(0xca2, 0x61);
  expect(qtest.inl(0xcfc)).toBe(0xffff_ffff);
  qtest.outl(0xcf8, 0x8000_2010);
  expect(qtest.readl(0x1e78_9024)).toBe(0x61);
  qtest.writel(0x1e78_903c, 0xc8);
  channel.done();
});

test("changes of interrupt lines are told before the access is over", () => {
  const channel = new ScriptChannel([
    ...["> irq_intercept_in /machine/pic", "< OK"],
    ...["> outb 0xca2 0x1", "< IRQ raise 5", "< IRQ lower 5", "< OK"],
  ]);
  const qtest = new Qtest(channel);
  const changes: LineChange[] = [];
  qtest.watchInterrupts("/machine/pic", (change) => changes.push(change));
  qtest.outb(0xca2, 0x01);
  expect(changes).toEqual([
    { line: 5, level: true },
    { line: 5, level: false },
  ]);
  channel.done();
});

test.each([["FAIL Unknown command 'inb'"], ["ERR"], ["OK what"]])(
  "%s is no answer to an access",
  (answer) => {
    const qtest = new Qtest(new ScriptChannel(["> inb 0x10", `< ${answer}`]));
    expect(() => qtest.inb(0x10)).toThrow("qtest inb 0x10");
  },
);
