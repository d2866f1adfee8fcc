import { describe, expect, test } from "vitest";
import { I801 } from "../../../src/seats/linux/i801.ts";
import { pec } from "../../../src/wire/smbus/pec.ts";
import { ScriptBus } from "../../host/interfaces/ssif/script-bus.ts";
import { hex } from "../../wire/smbus/bus-script.ts";

const R = { status: 0, control: 2, command: 3, address: 4, data0: 5, buffer: 7 } as const;
const AUXILIARY_STATUS = 0x0c;
const AUXILIARY_CONTROL = 0x0d;
const START_BLOCK = 0x54;
const START_BYTE = 0x44;
const START_QUICK = 0x40;
const DONE = 0x02;
const DEVICE_ERROR = 0x04;
const BUS_ERROR = 0x08;
const FAILED = 0x10;
const BUSY = 0x01;
const BUFFER = 0x02;
const CODES = 0x03;

function bench(script: string, behind: () => boolean = () => false) {
  const bus = new ScriptBus(script);
  return { bus, i801: new I801(bus, { behind }) };
}

/** The registers as the driver sets them for a block write. */
function writeBlock(i801: I801, command: number, bytes: readonly number[], auxiliary = BUFFER) {
  i801.write(R.status, 0xfe);
  i801.write(AUXILIARY_CONTROL, auxiliary);
  i801.write(R.address, 0x20);
  i801.write(R.command, command);
  i801.read(R.control);
  i801.write(R.data0, bytes.length);
  for (const byte of bytes) i801.write(R.buffer, byte);
  i801.write(R.control, START_BLOCK);
  return i801.read(R.status);
}

function readBlock(i801: I801, command: number, auxiliary = BUFFER) {
  i801.write(R.status, 0xfe);
  i801.write(AUXILIARY_CONTROL, auxiliary);
  i801.write(R.address, 0x21);
  i801.write(R.command, command);
  i801.write(R.control, START_BLOCK);
  const status = i801.read(R.status);
  const count = i801.read(R.data0);
  i801.read(R.control);
  const bytes = Array.from({ length: Math.min(count, 32) }, () => i801.read(R.buffer));
  return { status, count, bytes };
}

const code = (...bytes: readonly number[]) => hex(bytes.reduce(pec, 0));

describe("a block", () => {
  test("is written to the bus from the buffer", () => {
    const { i801, bus } = bench("S20 w02 w02 w18 w01 P");
    expect(writeBlock(i801, 0x02, [0x18, 0x01])).toBe(DONE);
    expect(bus.done).toBe(true);
  });

  test("is read from the bus into the buffer", () => {
    const { i801, bus } = bench("S20 w03 S21 r03+ r1c+ r01+ r00 P");
    expect(readBlock(i801, 0x03)).toEqual({ status: DONE, count: 3, bytes: [0x1c, 0x01, 0x00] });
    expect(bus.done).toBe(true);
  });

  test("gets its packet error code appended, and one that is read is checked", () => {
    const write = code(0x20, 0x02, 0x02, 0x18, 0x01);
    expect(writeBlock(bench(`S20 w02 w02 w18 w01 w${write} P`).i801, 2, [0x18, 1], CODES)).toBe(
      DONE,
    );
    const right = code(0x20, 0x03, 0x21, 0x01, 0x55);
    const good = bench(`S20 w03 S21 r01+ r55+ r${right} P`).i801;
    expect(readBlock(good, 0x03, CODES)).toEqual({ status: DONE, count: 1, bytes: [0x55] });
    expect(good.read(AUXILIARY_STATUS)).toBe(0);
    const bad = bench("S20 w03 S21 r01+ r55+ r00 P").i801;
    expect(readBlock(bad, 0x03, CODES).status).toBe(DEVICE_ERROR);
    expect(bad.read(AUXILIARY_STATUS)).toBe(0x01);
    bad.write(AUXILIARY_STATUS, 0x01);
    expect(bad.read(AUXILIARY_STATUS)).toBe(0);
  });

  test("an empty one is shown as it is, of one too long 32 bytes are", () => {
    expect(readBlock(bench("S20 w03 S21 r00+ P").i801, 0x03).count).toBe(0);
    const long = bench(`S20 w03 S21 rff+ ${"r55+ ".repeat(31)} r55 P`).i801;
    expect(readBlock(long, 0x03).count).toBe(0xff);
  });
});

test.each([
  ["the address", "S20- P", DEVICE_ERROR],
  ["the command", "S20 w02- P", DEVICE_ERROR],
  ["the count", "S20 w02 w02- P", DEVICE_ERROR],
  ["a byte", "S20 w02 w02 w18- P", DEVICE_ERROR],
  ["a held clock", "S20 wtimeout:02 P", DEVICE_ERROR],
  ["a lost bus", "S20 w02 wlost:02", BUS_ERROR],
])("%s not taken: the driver hears of it, and the bus is let go", (_, script, status) => {
  const { i801, bus } = bench(script);
  expect(writeBlock(i801, 0x02, [0x18, 0x01])).toBe(status);
  expect(bus.done).toBe(true);
});

test.each([
  ["S20 w03- P", DEVICE_ERROR],
  ["S20 w03 S21- P", DEVICE_ERROR],
  ["S20 w03 S21 rlost:", BUS_ERROR],
  ["S20 w03 S21 r02+ rtimeout: P", DEVICE_ERROR],
])("a read that fails: %s", (script, status) => {
  const { i801, bus } = bench(script);
  expect(readBlock(i801, 0x03).status).toBe(status);
  expect(bus.done).toBe(true);
});

test("one byte is read from the alert response address, or written; a quick command has none", () => {
  const { i801, bus } = bench("S19 r20 P S20 w07 P S20 P");
  i801.write(R.address, 0x19);
  i801.write(R.control, START_BYTE);
  expect([i801.read(R.status), i801.read(R.data0)]).toEqual([DONE, 0x20]);
  i801.write(R.address, 0x20);
  i801.write(R.command, 0x07);
  i801.write(R.control, START_BYTE);
  i801.write(R.control, START_QUICK);
  expect(i801.read(R.status)).toBe(DONE);
  i801.write(R.control, START_QUICK);
  expect(i801.read(R.status)).toBe(DONE);
  expect(bus.done).toBe(true);
});

test("what it cannot do is a device error, and leaves the bus alone", () => {
  const { i801 } = bench("P");
  i801.write(R.control, 0x40 | (6 << 2));
  expect(i801.read(R.status)).toBe(DEVICE_ERROR);
});

describe("while the guest's time is behind the bus's", () => {
  test("the controller is busy, and takes no other transaction", () => {
    let behind = true;
    const { i801, bus } = bench("S20 w02 w02 w18 w01 P", () => behind);
    expect(writeBlock(i801, 0x02, [0x18, 0x01])).toBe(BUSY);
    i801.write(R.control, START_QUICK);
    expect(i801.read(R.status)).toBe(BUSY);
    behind = false;
    expect(i801.read(R.status)).toBe(DONE);
    i801.write(R.status, DONE);
    expect(i801.read(R.status)).toBe(0);
    expect(bus.done).toBe(true);
  });

  test("it can be told to stop", () => {
    const { i801 } = bench("S20 w02 w02 w18 w01 P", () => true);
    writeBlock(i801, 0x02, [0x18, 0x01]);
    i801.write(R.control, 0x02);
    expect(i801.read(R.status)).toBe(FAILED);
  });

  test("a driver that only looks is not kept for ever", () => {
    const { i801 } = bench("S20 w02 w02 w18 w01 P", () => true);
    let status = writeBlock(i801, 0x02, [0x18, 0x01]);
    let looks = 0;
    for (; status === BUSY; looks++) status = i801.read(R.status);
    expect(status).toBe(DONE);
    expect(looks).toBeLessThan(3_000);
  });
});

test("registers keep what is written, and the start bit reads 0", () => {
  const { i801 } = bench("P");
  for (const register of [R.command, R.address, R.data0, 6, AUXILIARY_CONTROL]) {
    i801.write(register, 0x2a);
    expect(i801.read(register)).toBe(0x2a);
  }
  i801.write(R.control, 0x15);
  expect(i801.read(R.control)).toBe(0x15);
  expect(i801.read(0x1f)).toBe(0);
});
