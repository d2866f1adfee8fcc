import { describe, expect, test } from "vitest";
import { SmicDevice } from "../../../src/bmc/smic/device.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { FaultyRegisterPort } from "../../../src/wire/registers/faults.ts";
import { SMIC_LAYOUT } from "../../../src/wire/smic/protocol.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";
import { SmiHandler } from "../../../src/wire/smic/smi-handler.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);

function machine() {
  const time = new VirtualTime();
  const lab = time.lane("lab");
  const registers = new SmicRegisters();
  const device = new SmicDevice(registers, time.lane("bmc"), {
    inputLatencyUs: 1,
    whenClosed: "refuse",
    trusting: false,
  });
  device.reset();
  const asked: { tag: number; message: number[] }[] = [];
  const opened = device.open(() => {
    if (!opened.ok) return;
    const request = opened.value.read(1_000);
    if (!request.ok) return;
    asked.push({ tag: request.value.tag, message: [...request.value.message] });
    opened.value.write(request.value.ticket, Uint8Array.of(0x1c, 0x01, 0x00));
  });
  const block = { layout: SMIC_LAYOUT, spacing: 1 };
  const port = new FaultyRegisterPort(registers, block, {
    now: () => time.nowUs,
    later: (us, run) => lab.at(time.nowUs + us, "later", run),
  });
  const { tags } = registers;
  const elapse = () => time.elapse(1);
  const handler = new SmiHandler({ port: registers, spacing: 1, tags, elapse });
  const hand = (control: number, data?: number) => {
    port.write(1, control);
    if (data !== undefined) port.write(0, data);
    port.write(2, 0x01);
    time.runUntil(time.nowUs + 1);
    return [port.read(2) & 0x01, port.read(1), port.read(0)];
  };
  return { registers, port, device, asked, handler, hand };
}

describe("an SMI in the middle of a transfer", () => {
  test("SMIC-07: a handler that restores leaves the registers as they were", () => {
    const { registers, port, asked, handler, hand } = machine();
    registers.tags.request = 9;
    expect(hand(0x41, 0x18)).toEqual([0, 0xc1, 0x18]);
    let ended = 0;
    port.inject(handler.intrusion({ request: GET_DEVICE_ID, restores: true }), () => ended++);
    expect([port.read(1), port.read(0), ended]).toEqual([0xc1, 0x18, 1]);
    // It is nobody's request by the host's tags, and the host's own tag is back.
    expect(asked).toEqual([{ tag: 0, message: [0x18, 0x01] }]);
    expect(registers.tags.request).toBe(9);
    // SMIC-26: the BMC says that the stream was interrupted.
    expect(hand(0x42, 0x01)).toEqual([0, 0xc0, 0x01]);
    expect(hand(0x41, 0x18)).toEqual([0, 0xc1, 0x18]);
  });

  test("a handler that does not leaves the status of its own stream", () => {
    const { port, handler, hand } = machine();
    hand(0x41, 0x18);
    port.inject(handler.intrusion({ request: GET_DEVICE_ID, restores: false }));
    expect([port.read(1), port.read(0)]).toEqual([0xe0, 0x00]);
  });

  test("a BMC that does not clear BUSY does not hold the handler for ever", () => {
    const { registers, port, device, handler } = machine();
    device.powered = false;
    port.write(2, 0x01);
    let ended = 0;
    port.inject(handler.intrusion({ request: GET_DEVICE_ID, restores: true }), () => ended++);
    expect(port.read(2) & 0x01).toBe(1);
    expect([ended, registers.tags.request]).toEqual([1, 0]);
  });
});
