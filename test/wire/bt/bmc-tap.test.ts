import { expect, test } from "vitest";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { BtBmcTap } from "../../../src/wire/bt/bmc-tap.ts";
import { BT_LAYOUT } from "../../../src/wire/bt/protocol.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";
import { RegisterHostTap } from "../../../src/wire/registers/host-tap.ts";

function bench() {
  const registers = new BtRegisters();
  const recorder = new Recorder();
  const tracer = new Tracer(() => 7);
  tracer.attach(recorder);
  const { tags } = registers;
  const block = { layout: BT_LAYOUT, spacing: 1, tags, numbersTransfers: false };
  const host = new RegisterHostTap(registers, tracer, block);
  const bmc = new BtBmcTap(registers, tracer);
  return { registers, recorder, host, bmc };
}

test("each face's accesses are events, in order, numbered and dated", () => {
  const { recorder, host, bmc } = bench();
  bmc.writeControl(0x80);
  host.write(0, 0x01);
  host.write(1, 0x03);
  host.write(0, 0x04);
  bmc.writeControl(0x84);
  expect(bmc.readFifo()).toBe(0x03);
  bmc.writeFifo(0x04);
  bmc.writeControl(0x08);
  expect([host.read(0), host.read(1), host.read(2)]).toEqual([0x88, 0x04, 0x00]);
  host.write(2, 0x01);
  host.read(5);
  host.write(5, 1);
  expect(recorder.events).toEqual([
    { n: 0, t: 7, e: "bmc.status", status: 0x00 },
    { n: 1, t: 7, e: "host.write", reg: "control", value: 0x01, tag: 0 },
    { n: 2, t: 7, e: "host.write", reg: "data", value: 0x03, tag: 0 },
    { n: 3, t: 7, e: "host.write", reg: "control", value: 0x04, tag: 0 },
    { n: 4, t: 7, e: "bmc.status", status: 0x80 },
    { n: 5, t: 7, e: "bmc.read", value: 0x03, command: false },
    { n: 6, t: 7, e: "bmc.write", value: 0x04 },
    { n: 7, t: 7, e: "bmc.status", status: 0x88 },
    { n: 8, t: 7, e: "host.read", reg: "control", value: 0x88 },
    { n: 9, t: 7, e: "host.read", reg: "data", value: 0x04 },
    { n: 10, t: 7, e: "host.read", reg: "intmask", value: 0x00 },
    { n: 11, t: 7, e: "host.write", reg: "intmask", value: 0x01, tag: 0 },
  ]);
});

test("what does not change BT_CTRL is no event of it, but a reset is one", () => {
  const { recorder, bmc } = bench();
  bmc.writeControl(0x03);
  bmc.reset();
  bmc.writeControl(0x08);
  const seen = recorder.events.map((event) => event.e === "bmc.status" && event.status);
  expect(seen).toEqual([0x80, 0x88]);
});

test("the BMC's interrupts come through", () => {
  const { registers, bmc } = bench();
  const seen: string[] = [];
  bmc.onInput(() => seen.push("input"));
  bmc.onHardwareReset(() => seen.push("reset"));
  registers.onLine((level) => seen.push(`line ${level}`));
  bmc.enableInterrupt(true);
  registers.write(0, 0x04);
  registers.write(2, 0x81);
  bmc.writeControl(0x10);
  expect(seen).toEqual(["input", "reset", "line true"]);
  expect(bmc.tags).toBe(registers.tags);
});
