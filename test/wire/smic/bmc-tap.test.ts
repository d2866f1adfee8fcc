import { expect, test } from "vitest";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { RegisterHostTap } from "../../../src/wire/registers/host-tap.ts";
import { SmicBmcTap } from "../../../src/wire/smic/bmc-tap.ts";
import { SMIC_LAYOUT } from "../../../src/wire/smic/protocol.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";

function bench() {
  const registers = new SmicRegisters();
  const recorder = new Recorder();
  const tracer = new Tracer(() => 7);
  tracer.attach(recorder);
  const { tags } = registers;
  const block = { layout: SMIC_LAYOUT, spacing: 1, tags, numbersTransfers: false };
  const host = new RegisterHostTap(registers, tracer, block);
  const bmc = new SmicBmcTap(registers, tracer);
  return { registers, recorder, tracer, host, bmc };
}

test("each face's accesses are events, in order, numbered and dated", () => {
  const { recorder, host, bmc } = bench();
  host.write(1, 0x41);
  host.write(0, 0x18);
  host.write(2, 0x01);
  expect([bmc.readControl(), bmc.readData()]).toEqual([0x41, 0x18]);
  bmc.updateFlags(0xc0, 0x40);
  bmc.writeStatusCode(0xc1);
  bmc.writeData(0x00);
  bmc.clearBusy();
  expect([host.read(2), host.read(1), host.read(0)]).toEqual([0x40, 0xc1, 0x00]);
  host.read(5);
  expect(recorder.events).toEqual([
    { n: 0, t: 7, e: "host.write", reg: "control", value: 0x41, tag: 0 },
    { n: 1, t: 7, e: "host.write", reg: "data", value: 0x18, tag: 0 },
    { n: 2, t: 7, e: "host.write", reg: "flags", value: 0x01, tag: 0 },
    { n: 3, t: 7, e: "bmc.read", value: 0x41, command: true },
    { n: 4, t: 7, e: "bmc.read", value: 0x18, command: false },
    { n: 5, t: 7, e: "bmc.status", status: 0x41 },
    { n: 6, t: 7, e: "bmc.code", value: 0xc1 },
    { n: 7, t: 7, e: "bmc.write", value: 0 },
    { n: 8, t: 7, e: "bmc.status", status: 0x40 },
    { n: 9, t: 7, e: "host.read", reg: "flags", value: 0x40 },
    { n: 10, t: 7, e: "host.read", reg: "control", value: 0xc1 },
    { n: 11, t: 7, e: "host.read", reg: "data", value: 0 },
  ]);
});

test("flags that do not change are no event", () => {
  const { recorder, bmc } = bench();
  bmc.updateFlags(0xc0, 0x80);
  bmc.updateFlags(0xc0, 0x80);
  bmc.clearBusy();
  expect(recorder.events).toHaveLength(1);
});

test("the interrupt stands behind the BUSY that fell", () => {
  const { registers, recorder, tracer, host, bmc } = bench();
  registers.onLine((level) => tracer.emit({ e: "irq", level: level ? 1 : 0 }));
  bmc.enableInterrupt(true);
  host.write(2, 0x01);
  bmc.clearBusy();
  expect(recorder.events.map((event) => event.e)).toEqual(["host.write", "bmc.status", "irq"]);
});
