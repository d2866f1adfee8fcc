import { expect, test } from "vitest";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { KcsBmcTap } from "../../../src/wire/kcs/bmc-tap.ts";
import { KCS_LAYOUT } from "../../../src/wire/kcs/protocol.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";
import { RegisterHostTap } from "../../../src/wire/registers/host-tap.ts";

function bench() {
  const registers = new KcsRegisters();
  const recorder = new Recorder();
  const tracer = new Tracer(() => 7);
  tracer.attach(recorder);
  const { tags } = registers;
  const block = { layout: KCS_LAYOUT, spacing: 1, tags, numbersTransfers: false };
  const host = new RegisterHostTap(registers, tracer, block);
  const bmc = new KcsBmcTap(registers, tracer);
  return { registers, recorder, host, bmc };
}

test("each face's accesses are events, in order, numbered and dated", () => {
  const { recorder, host, bmc } = bench();
  host.write(1, 0x61);
  bmc.updateStatus(0xc0, 0x80);
  expect(bmc.readInput()).toBe(0x61);
  bmc.writeOutput(0);
  expect([host.read(1), host.read(0)]).toEqual([0x89, 0]);
  host.read(5);
  expect(recorder.events).toEqual([
    { n: 0, t: 7, e: "host.write", reg: "command", value: 0x61, tag: 0 },
    { n: 1, t: 7, e: "bmc.status", status: 0x8a },
    { n: 2, t: 7, e: "bmc.read", value: 0x61, command: true },
    { n: 3, t: 7, e: "bmc.write", value: 0 },
    { n: 4, t: 7, e: "host.read", reg: "status", value: 0x89 },
    { n: 5, t: 7, e: "host.read", reg: "data", value: 0 },
  ]);
});

test("a status that does not change is no event", () => {
  const { recorder, bmc } = bench();
  bmc.updateStatus(0xc0, 0xc0);
  bmc.updateStatus(0xc0, 0xc0);
  expect(recorder.events).toHaveLength(1);
});
