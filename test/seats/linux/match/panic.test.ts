import { expect, test } from "vitest";
import { GuestPanic } from "../../../../src/seats/linux/match/panic.ts";
import { VirtualTime } from "../../../../src/time/virtual.ts";
import { Recorder, Tracer } from "../../../../src/trace/tracer.ts";

const TEXT = "sysrq triggered crash";
const BEGUN = `[   10.500000] Kernel panic - not syncing: ${TEXT}`;
const OVER = "[   23.250000] Rebooting in 1 seconds..";

function bench() {
  const time = new VirtualTime();
  const tracer = new Tracer(() => time.nowUs);
  const recorder = new Recorder();
  tracer.attach(recorder);
  time.runUntil(1_000);
  const panic = new GuestPanic(time, tracer);
  const life = () => {
    return recorder.events.map((event) => (event.e === "host" ? `${event.t} ${event.what}` : ""));
  };
  return { time, panic, life };
}

test("the guest panics when it asks, once, and only on an order", () => {
  const { panic, life } = bench();
  expect(panic.take()).toBe(false);
  panic.order(TEXT);
  expect(panic.begun).toBe(false);
  expect(panic.take()).toBe(true);
  expect(panic.take()).toBe(false);
  expect(life()).toEqual(["1000 panic"]);
});

test("the console says how long it took", () => {
  const { time, panic, life } = bench();
  panic.order(TEXT);
  panic.take();
  expect(panic.hears(BEGUN)).toBe(true);
  expect(panic.hears("[   10.600000] Call Trace:")).toBe(false);
  expect(panic.over).toBe(false);
  expect(panic.hears(OVER)).toBe(true);
  expect(panic.over).toBe(true);
  expect(life()).toEqual(["1000 panic", "12751000 panic-end"]);
  expect(time.nowUs).toBe(12_751_000);
});

test("a panic that nobody ordered is the kernel's own trouble", () => {
  const { panic, life } = bench();
  expect(panic.hears(BEGUN)).toBe(false);
  expect(panic.hears(OVER)).toBe(false);
  expect(life()).toEqual([]);
});

// Goal: a kernel that looks at a dead BMC again and again gets older by it, and no other.
test("time passes between two looks that show the same, in a panic", () => {
  const { time, panic } = bench();
  let value = 0x02;
  const written: number[] = [];
  const port = panic.port({ read: () => value, write: (_offset, byte) => written.push(byte) });
  for (let look = 0; look < 10; look++) port.read(1);
  expect(time.nowUs).toBe(1_000);
  panic.order(TEXT);
  panic.take();
  for (let look = 0; look < 10; look++) port.read(1);
  const afterUs = time.nowUs;
  expect(afterUs).toBeGreaterThan(1_000 + 9 * 200);
  value = 0x00;
  port.read(1);
  port.read(0);
  port.write(0, 0x61);
  port.read(0);
  expect(time.nowUs).toBe(afterUs);
  expect(written).toEqual([0x61]);
  expect(panic.lastsUs).toBe(afterUs - 1_000);
});
