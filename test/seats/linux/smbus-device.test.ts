import { expect, test } from "vitest";
import { MAGIC, Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { SmbusFunction } from "../../../src/seats/linux/smbus-device.ts";

function machine() {
  const accesses: string[] = [];
  const reports: number[] = [];
  const mailbox = new Mailbox(Uint8Array.of(1, 2, 3), {
    report: (byte) => reports.push(byte),
    tick: () => {},
  });
  const controller = {
    read: (offset: number) => {
      accesses.push(`r${offset}`);
      return 0x40 + offset;
    },
    write: (offset: number, value: number) => accesses.push(`w${offset}=${value.toString(16)}`),
  };
  return { device: new SmbusFunction(controller, mailbox), accesses, reports };
}

test("the driver finds it by its numbers, enabled, with its registers in BAR 4", () => {
  const { device } = machine();
  expect(device.configRead(0x00, 4)).toBe(0x2930_8086);
  expect(device.configRead(0x08, 4) >>> 8).toBe(0x0c_0500);
  expect(device.configRead(0x40, 1)).toBe(0x01);
  expect(device.configRead(0x10, 4)).toBe(0);
  device.configWrite(0x20, 4, 0xffff_ffff);
  expect(device.configRead(0x20, 4)).toBe(0xffff_ffc1);
  device.configWrite(0x20, 4, 0xc000);
  expect(device.configRead(0x20, 4)).toBe(0xc001);
  device.configWrite(0x10, 4, 0xffff_ffff);
  expect(device.configRead(0x10, 4)).toBe(0);
  expect(device.configRead(0x3d, 1)).toBe(0);
});

test("the controller's registers come first, the mailbox behind them", () => {
  const { device, accesses, reports } = machine();
  expect(device.barRead(0x05, 1)).toBe(0x45);
  device.barWrite(0x02, 1, 0x54);
  expect(accesses).toEqual(["r5", "w2=54"]);
  expect(device.barRead(0x2c, 4)).toBe(MAGIC);
  expect(device.barRead(0x28, 4)).toBe(3);
  device.barWrite(0x20, 1, 0x11);
  expect(reports).toEqual([0x11]);
  expect(accesses).toHaveLength(2);
});
