import { expect, test } from "vitest";
import { BtDevice } from "../../../src/bmc/bt/device.ts";
import { AspeedIbt } from "../../../src/bmc/chips/aspeed/ibt.ts";
import { Bt } from "../../../src/host/interfaces/bt/bt.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { BtControl } from "../../../src/wire/bt/protocol.ts";
import { IbtModel } from "./ibt-model.ts";
import { ask, serve } from "./served.ts";

const ADDRESS = 0xe4;
const HOST_INTERRUPT = 10;

const DEVICE = {
  inputLatencyUs: 1,
  whenClosed: "hold",
  busyWhileFull: false,
  trusting: false,
  capabilities: {
    outstandingRequests: 1,
    inputBytesMax: 255,
    outputBytesMax: 255,
    requestToResponseS: 5,
    retries: 1,
  },
} as const;

function board() {
  const time = new VirtualTime();
  const model = new IbtModel();
  const chip = new AspeedIbt(model, { address: ADDRESS, hostInterrupt: HOST_INTERRUPT });
  model.onInterrupt = () => void chip.interrupt();
  const port = {
    read: (offset: number) => model.read(ADDRESS + offset),
    write: (offset: number, value: number) => model.write(ADDRESS + offset, value),
  };
  return { time, model, chip, port, host: new Bt(port, 1) };
}

test("our BT device on the chip answers our BT host", () => {
  const { time, chip, host } = board();
  const device = new BtDevice(chip, time.lane("bmc"), DEVICE);
  chip.open();
  device.reset();
  serve(device);
  time.runUntil(1_000);
  expect(ask(host, time, [0x18, 0x01, 0xa5])).toEqual([0x1c, 0x01, 0x00, 0xa5]);
  expect(ask(host, time, [0x18, 0x37])).toEqual([0x1c, 0x37, 0x00]);
});

test("the block lies where it was put, and interrupts by the number that it was given", () => {
  const { model, chip } = board();
  expect(model.read(ADDRESS)).toBe(0xff);
  chip.open();
  expect(model.read(ADDRESS)).toBe(BtControl.BBusy);
  expect(model.serial).toBe(HOST_INTERRUPT);
  chip.close();
  expect(model.read(ADDRESS)).toBe(0xff);
});

test("a handler that is called for somebody else says so", () => {
  const { chip } = board();
  chip.open();
  expect(chip.interrupt()).toBe(false);
});

// Goal: a reset of the BMC's software leaves the block as a reset of the chip would, as far as it can.
test("a reset shows B_BUSY and forgets the request that came", () => {
  const { chip, port } = board();
  chip.open();
  chip.writeControl(BtControl.BBusy);
  expect(port.read(0)).toBe(0);
  port.write(0, BtControl.ClearWritePointer);
  for (const byte of [3, 0x18, 0, 0x01]) port.write(1, byte);
  port.write(0, BtControl.H2bAtn);
  chip.reset();
  expect(port.read(0)).toBe(BtControl.BBusy);
  chip.reset();
  expect(port.read(0)).toBe(BtControl.BBusy);
});
