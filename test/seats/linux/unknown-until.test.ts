import { expect, test } from "vitest";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { UnknownUntil } from "../../../src/seats/linux/unknown-until.ts";

const NO_CLASS = 0xff_0000;
const KCS = 0x0c_0701;

function functions() {
  const seen = { known: false, written: [] as number[] };
  const mailbox = new Mailbox(Uint8Array.of(), { report: () => {}, tick: () => {} });
  const port = {
    read: () => 0x40,
    write: (_at: number, value: number) => seen.written.push(value),
  };
  const inner = new IpmiFunction(port, mailbox, { kind: "kcs", pin: 1 });
  return { seen, inner, device: new UnknownUntil(inner, () => seen.known) };
}

test("its class is nobody's until it may be known, byte for byte", () => {
  const { seen, device } = functions();
  expect(device.configRead(0x08, 4) >>> 8).toBe(NO_CLASS);
  expect(device.configRead(0x0b, 1)).toBe(0xff);
  expect(device.configRead(0x00, 4)).toBe(0x10f0_1af4);
  seen.known = true;
  expect(device.configRead(0x08, 4) >>> 8).toBe(KCS);
  expect(device.configRead(0x0b, 1)).toBe(0x0c);
});

// Goal: the guest's ports stay where they are, whatever the function says it is.
test("all else is the function's own at any time", () => {
  const { seen, inner, device } = functions();
  device.configWrite(0x10, 4, 0xc000);
  device.configWrite(0x04, 2, 0x0001);
  for (const known of [false, true]) {
    seen.known = known;
    for (const at of [0x04, 0x0c, 0x10, 0x3c]) {
      expect(device.configRead(at, 4)).toBe(inner.configRead(at, 4));
    }
    expect(device.barRead(0x2c, 4)).toBe(inner.barRead(0x2c, 4));
  }
  device.barWrite(0, 1, 0x61);
  expect(seen.written).toEqual([0x61]);
  expect([device.bar, device.barBytes, device.pin]).toEqual([0, 64, 1]);
});
