import { expect, test } from "vitest";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { Smbus } from "../../../src/wire/smbus/bus.ts";
import { FaultySmbus } from "../../../src/wire/smbus/faults.ts";
import { SmbusBmcTap, SmbusHostTap } from "../../../src/wire/smbus/tap.ts";
import { runMaster } from "./bus-script.ts";

/** Acknowledges everything but FFh, and gives 5Ah. */
const DEVICE = {
  started: () => true,
  received: (value: number) => value !== 0xff,
  requested: () => 0x5a,
  taken: () => {},
  stopped: () => {},
  alertTaken: () => {},
};

function bench(numbersTransfers: boolean) {
  const recorder = new Recorder();
  const tracer = new Tracer(() => 0);
  tracer.attach(recorder);
  const bus = new Smbus();
  const slave = new SmbusBmcTap(bus.attach(0x10), tracer);
  slave.connect(DEVICE);
  const clock = { now: () => 0, elapse: () => {} };
  const wire = new FaultySmbus(bus, { clock, later: () => {} });
  const host = new SmbusHostTap(wire, tracer, { tags: bus.tags, numbersTransfers });
  return { bus, wire, host, slave, told: () => recorder.events.splice(0).map(short) };
}

function short(event: TraceEvent): string {
  switch (event.e) {
    case "host.bus":
    case "bmc.bus":
      return `${event.e[0]} ${event.op} ${event.value.toString(16)} ${event.outcome}`;
    case "bmc.alert":
      return `alert ${event.level}`;
    default:
      return event.e;
  }
}

test("each face tells what it sees, the slave's first", () => {
  const { host, told } = bench(false);
  runMaster(host, "S20 w02 wff- P S21 r5a+ r5a P");
  expect(told()).toEqual([
    ...["b start 20 ack", "h start 20 ack", "b write 2 ack", "h write 2 ack"],
    ...["b write ff nack", "h write ff nack", "b stop 0 ack", "h stop 0 ack"],
    ...["b start 21 ack", "h start 21 ack", "b read 5a ack", "h read 5a ack"],
    ...["b read 5a nack", "h read 5a nack", "b stop 0 ack", "h stop 0 ack"],
  ]);
});

test("the slave is not told of what goes to others", () => {
  const { host, told } = bench(false);
  runMaster(host, "S40- P");
  expect(told()).toEqual(["h start 40 nack", "h stop 0 ack"]);
});

test("a byte that the wire's faults change differs between the faces", () => {
  const { host, wire, told } = bench(false);
  wire.inject({ kind: "corrupt", direction: "write", xor: 0x01, count: 1 });
  wire.inject({ kind: "arbitration", on: "byte", skip: 1, count: 1 });
  runMaster(host, "S20 w02 wlost:18");
  expect(told()).toEqual([
    ...["b start 20 ack", "h start 20 ack", "b write 3 ack", "h write 2 ack"],
    ...["b stop 0 ack", "h write 18 lost"],
  ]);
});

test("the alert line is told of when it changes, by whoever changes it", () => {
  const { host, slave, told } = bench(false);
  slave.setAlert(true);
  slave.setAlert(true);
  runMaster(host, "S19 r20 P");
  slave.setAlert(false);
  expect(told()).toEqual([
    ...["alert 1", "h start 19 ack", "alert 0", "h read 20 nack", "h stop 0 ack"],
  ]);
});

test("a host without tags has its requests numbered, by the write that begins each", () => {
  const { host, bus } = bench(true);
  const tags: number[] = [];
  for (const command of ["02", "03", "06", "07", "08", "09", "0a"]) {
    runMaster(host, `S20 w${command} w02 P`);
    tags.push(bus.tags.request);
  }
  expect(tags).toEqual([1, 1, 2, 2, 2, 2, 2]);
  const own = bench(false);
  runMaster(own.host, "S20 w02 P");
  expect(own.bus.tags.request).toBe(0);
});
