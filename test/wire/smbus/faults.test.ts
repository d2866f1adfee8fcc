import { expect, test } from "vitest";
import { CLOCK_LOW_TIMEOUT_US, Smbus } from "../../../src/wire/smbus/bus.ts";
import { FaultySmbus, type SmbusFault } from "../../../src/wire/smbus/faults.ts";
import { runMaster } from "./bus-script.ts";

/** A bus with faults between the master and a device that keeps what it gets and gives 11h. */
function bench(...faults: readonly SmbusFault[]) {
  let us = 0;
  const clock = {
    now: () => us,
    elapse: (by: number) => {
      us += by;
    },
  };
  const later: { readonly us: number; readonly run: () => void }[] = [];
  const bus = new Smbus(clock);
  const seen: string[] = [];
  const device = bus.attach(0x10);
  const sees = (what: string) => {
    seen.push(what);
    return true;
  };
  device.connect({
    started: (read) => sees(read ? "SR" : "SW"),
    received: (value) => sees(value.toString(16)),
    requested: () => 0x11,
    taken: () => {},
    stopped: () => sees("P"),
    alertTaken: () => sees("alert"),
  });
  const wire = new FaultySmbus(bus, { clock, later: (by, run) => later.push({ us: by, run }) });
  bus.onAlert((asserted) => wire.line(asserted));
  const levels: boolean[] = [];
  wire.onAlert((asserted) => levels.push(asserted));
  const ended: string[] = [];
  const acting = faults.map((fault) => wire.inject(fault, () => ended.push(fault.kind)));
  return { wire, device, acting, ended, levels, later, seen, elapsed: () => us };
}

test("without a fault everything passes", () => {
  const { wire, seen } = bench();
  runMaster(wire, "S20 w02 P S21 r11+ r11 P");
  expect(seen).toEqual(["SW", "2", "P", "SR", "P"]);
});

test("nack: the slave has the byte, the master does not know", () => {
  const { wire, seen, ended } = bench({ kind: "nack", on: "byte", skip: 1, count: 1 });
  runMaster(wire, "S20 w02 w18- w01 P");
  expect(seen).toEqual(["SW", "2", "18", "1", "P"]);
  expect(ended).toEqual(["nack"]);
  const address = bench({ kind: "nack", on: "address", count: 2 });
  runMaster(address.wire, "S20- P S20- P S20 w02 P");
});

test("arbitration: the bus is lost, and the slave sees a STOP", () => {
  const { wire, seen } = bench({ kind: "arbitration", on: "byte", skip: 1, count: 1 });
  runMaster(wire, "S20 w02 wlost:18 S20 w02 P");
  expect(seen).toEqual(["SW", "2", "P", "SW", "2", "P"]);
  const address = bench({ kind: "arbitration", on: "address", count: 1 });
  runMaster(address.wire, "Slost:20 S21 r11+ P");
  const reads = bench({ kind: "arbitration", on: "byte", count: 1 });
  runMaster(reads.wire, "S21 rlost:00 P");
});

test("corrupt: a byte is changed on its way, in one direction", () => {
  const write = bench({ kind: "corrupt", direction: "write", xor: 0x80, skip: 1, count: 1 });
  runMaster(write.wire, "S20 w02 w18 w01 P S21 r11 P");
  expect(write.seen).toEqual(["SW", "2", "98", "1", "P", "SR", "P"]);
  const read = bench({ kind: "corrupt", direction: "read", xor: 0x01, count: 2 });
  runMaster(read.wire, "S20 w02 P S21 r10+ r10+ r11 P");
});

test("repeat: a byte arrives twice", () => {
  const { wire, seen } = bench({ kind: "repeat", skip: 1, count: 1 });
  runMaster(wire, "S20 w02 w18 w01 P");
  expect(seen).toEqual(["SW", "2", "18", "18", "1", "P"]);
});

test("no-stop: the START that follows is a repeated one", () => {
  const { wire, seen } = bench({ kind: "no-stop", after: "any", count: 1 });
  runMaster(wire, "S20 w02 P S20 w03 S21 r11 P");
  expect(seen).toEqual(["SW", "2", "SW", "3", "SR", "P"]);
});

test("no-stop after one direction lets the other's pass", () => {
  const { wire, seen } = bench({ kind: "no-stop", after: "read", count: 1 });
  runMaster(wire, "S20 w02 P S20 w03 S21 r11 P S20 P");
  expect(seen).toEqual(["SW", "2", "P", "SW", "3", "SR", "SW", "P"]);
});

test("stretch: the clock is held, which takes time and in the end too much of it", () => {
  const short = bench({ kind: "stretch", us: 1_000, count: 1 });
  const plain = bench();
  for (const { wire } of [short, plain]) runMaster(wire, "S20 w02 P");
  expect(short.elapsed() - plain.elapsed()).toBe(1_000);
  const long = bench({ kind: "stretch", us: CLOCK_LOW_TIMEOUT_US + 1, count: 1, skip: 1 });
  runMaster(long.wire, "S20 wtimeout:02 P");
});

test("a stuck clock times everything out, a stuck data line loses every START", () => {
  const scl = bench({ kind: "stuck", line: "scl" });
  runMaster(scl.wire, "Stimeout:20 wtimeout:02 rtimeout:00 Ptimeout:");
  expect(scl.elapsed()).toBe(4 * CLOCK_LOW_TIMEOUT_US);
  scl.acting[0]?.end();
  runMaster(scl.wire, "S20 w02 P");
  const sda = bench({ kind: "stuck", line: "sda" });
  runMaster(sda.wire, "Slost:20");
});

test("absent: nobody acknowledges", () => {
  const { wire, seen } = bench({ kind: "absent" });
  runMaster(wire, "S20- P S21- P");
  expect(seen).toEqual([]);
});

test("lost-alert: the line is seen again when the fault is over", () => {
  const { wire, device, acting, levels } = bench({ kind: "lost-alert" });
  device.setAlert(true);
  expect([wire.alert, levels]).toEqual([false, []]);
  acting[0]?.end();
  expect([wire.alert, levels]).toEqual([true, [true]]);
});

test("spurious-alert: the line is seen pulled for a while, by nobody", () => {
  const { wire, later, levels, ended } = bench({ kind: "spurious-alert", us: 50 });
  expect(wire.alert).toBe(true);
  runMaster(wire, "S19- P");
  expect(later.map(({ us }) => us)).toEqual([50]);
  later[0]?.run();
  expect([levels, ended]).toEqual([[true, false], ["spurious-alert"]]);
});
