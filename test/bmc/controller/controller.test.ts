import { expect, test } from "vitest";
import { parseHex } from "../../../src/ipmi/message.ts";
import { Bench, event } from "../bench.ts";

/** Everything that a host can read without changing it, as one text. */
function readable(bench: Bench): string {
  const requests = [
    ...["18 01", "18 07", "18 25", "18 2f", "18 31", "18 32 00 02"],
    ...["00 01", "00 07", "00 0f", "00 09 01 00 00", "00 09 05 00 00", "10 01"],
    ...["28 11 00 fe 00 02", "28 20", "28 40", "28 43 00 00 00 00 00 ff", "28 48", "28 5c"],
  ];
  return requests.map((request) => `${request}: ${bench.tell(request)}`).join("\n");
}

/** A controller on which nothing is as it was at first. */
function used(): Bench {
  const bench = new Bench();
  const requests = [
    ...["18 06 80 83", "18 24 84 31 01 00 64 00", "18 22", "18 2e ef", "18 32 00 00"],
    ...["00 04 00 01", "00 06 00", "00 08 01 05", "00 08 05 80 04 00 00 00", "00 0a 0f"],
    ...["00 0b 05", "10 00 52 01", "28 12 00 fe 00 aa bb", "28 49 00 00 00 60", "28 5d 3c 00"],
  ];
  for (const request of requests) expect(bench.tell(request)).toMatch(/^00/);
  bench.controller.raiseEvent(event(1));
  bench.pass(9.5);
  return bench;
}

test("a warm reset keeps everything", () => {
  const bench = used();
  const before = readable(bench);
  bench.controller.reset("warm");
  expect(readable(bench)).toBe(before);
});

test("a cold reset and power-on keep only what is non-volatile", () => {
  for (const kind of ["cold", "power-on"] as const) {
    const bench = used();
    bench.controller.reset(kind);
    const fresh = new Bench();
    fresh.controller.raiseEvent(event(1));
    fresh.tell("00 06 00");
    fresh.tell("00 0b 05");
    fresh.tell("28 12 00 fe 00 aa bb");
    const stamps = /(28 40: .{18}|28 43 .{37}).{11}/g;
    const without = (text: string) => text.replace(stamps, "$1");
    expect(without(readable(bench))).toBe(without(readable(fresh)));
    bench.drained();
    bench.pass(100);
    expect(bench.outputs, "nothing is left running").toEqual([]);
  }
});

test("a cold reset leaves the host's power as it is", () => {
  for (const poweredOn of [true, false]) {
    const bench = new Bench({ poweredOn });
    bench.controller.reset("cold");
    expect(bench.controller.poweredOn).toBe(poweredOn);
    expect(bench.outputs).toEqual([]);
  }
});

test("a reset of a system without power is none", () => {
  const bench = new Bench({ poweredOn: false });
  bench.tell("18 2e 0d");
  bench.controller.systemReset();
  expect(bench.controller.globalEnables).toBe(0x0d);
  bench.controller.powerOn();
  expect(bench.controller.globalEnables).toBe(0x08);
  bench.tell("18 2e 0d");
  bench.controller.powerOn();
  expect(bench.controller.globalEnables, "it is on already").toBe(0x0d);
});

test("queued messages survive a system reset, a cold reset empties the queue", () => {
  const bench = new Bench();
  bench.controller.queueMessage(parseHex("00 14 cc 52 04 01 00"));
  bench.controller.systemReset();
  expect(bench.controller.messageFlags).toBe(1);
  bench.controller.reset("cold");
  expect(bench.controller.messageFlags).toBe(0);
});

test("an interface that carries less than the minimum is a broken invariant", () => {
  const build = (inputBytesMax: number, outputBytesMax: number) => () => {
    return new Bench({ systemInterface: { inputBytesMax, outputBytesMax } });
  };
  expect(build(39, 38)).toThrow("the interface takes the least requests");
  expect(build(40, 37)).toThrow("it gives the least responses");
  expect(build(256, 255)).toThrow("sizes fit into their fields");
  expect(build(40, 38)).not.toThrow();
});
