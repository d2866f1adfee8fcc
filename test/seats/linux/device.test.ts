import fc from "fast-check";
import { expect, test } from "vitest";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { MAGIC, Mailbox } from "../../../src/seats/linux/mailbox.ts";

const SEED = 20260104;

type Kind = ConstructorParameters<typeof IpmiFunction>[2]["kind"];

function machine(program: Uint8Array = Uint8Array.of(1, 2, 3, 4, 5), kind: Kind = "kcs") {
  const seen = {
    accesses: [] as string[],
    reports: [] as number[],
    ticks: [] as number[],
    panics: false,
  };
  const mailbox = new Mailbox(program, {
    report: (byte) => seen.reports.push(byte),
    tick: (guestUs) => seen.ticks.push(guestUs),
    panics: () => seen.panics,
  });
  const port = {
    read(offset: number): number {
      seen.accesses.push(`r${offset}`);
      return 0x40 + offset;
    },
    write(offset: number, value: number): void {
      seen.accesses.push(`w${offset}=${value.toString(16)}`);
    },
  };
  return { seen, device: new IpmiFunction(port, mailbox, { kind, pin: 1 }) };
}

test("the kernel's driver finds it by its class, and gets 64 I/O ports", () => {
  const { device } = machine();
  expect(device.configRead(0x00, 4)).toBe(0x10f0_1af4);
  expect(device.configRead(0x08, 4) >>> 8).toBe(0x0c_0701);
  expect(device.configRead(0x3d, 1)).toBe(1);
  device.configWrite(0x10, 4, 0xffff_ffff);
  expect(device.configRead(0x10, 4)).toBe(0xffff_ffc1);
  device.configWrite(0x10, 4, 0xc000);
  expect(device.configRead(0x10, 4)).toBe(0xc001);
});

test.each([
  ["smic", 0x0c_0700],
  ["kcs", 0x0c_0701],
  ["bt", 0x0c_0702],
] as const)("the class says that the registers are those of %s", (kind, code) => {
  const { device } = machine(Uint8Array.of(), kind);
  expect(device.configRead(0x08, 4) >>> 8).toBe(code);
});

test("what a driver may not write stays as it is", () => {
  const { device } = machine();
  for (let offset = 0; offset < 0x100; offset += 4) device.configWrite(offset, 4, 0xffff_ffff);
  expect(device.configRead(0x00, 4)).toBe(0x10f0_1af4);
  expect(device.configRead(0x04, 4)).toBe(0x0407);
  expect(device.configRead(0x08, 4)).toBe(0x0c07_0100);
  for (let offset = 0x14; offset < 0x3c; offset += 4) expect(device.configRead(offset, 4)).toBe(0);
  expect(device.configRead(0x3c, 4)).toBe(0x01ff);
});

test("wide accesses reach the registers as bytes, lowest address first", () => {
  const { device, seen } = machine();
  expect(device.barRead(1, 1)).toBe(0x41);
  expect(device.barRead(0, 4)).toBe(0x4342_4140);
  device.barWrite(2, 2, 0xbeef);
  expect(seen.accesses).toEqual(["r1", "r0", "r1", "r2", "r3", "w2=ef", "w3=be"]);
});

// Goal: the loader gets length and program in order whatever it reads with. Method: random sizes.
test("the program's stream is the same for every mixture of access sizes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(1, 2, 4), { minLength: 44, maxLength: 44 }),
      (program, sizes) => {
        const { device } = machine(program);
        const taken: number[] = [];
        for (const size of sizes) {
          const value = device.barRead(0x28, size);
          for (let at = 0; at < size; at++) taken.push(Math.floor(value / 0x100 ** at) & 0xff);
        }
        expect(taken.slice(0, 4 + program.length)).toEqual([program.length, 0, 0, 0, ...program]);
        expect(taken.slice(4 + program.length).every((byte) => byte === 0)).toBe(true);
      },
    ),
    { seed: SEED },
  );
});

test("the loader knows the mailbox by its number; the rest of it reads all ones", () => {
  const { device } = machine();
  expect(device.barRead(0x2c, 4)).toBe(MAGIC);
  expect(device.barRead(0x34, 1)).toBe(0xff);
  expect(device.barRead(0x20, 4)).toBe(0xffff_ffff);
});

test("whoever asks is told whether the kernel is to panic", () => {
  const { device, seen } = machine();
  expect(device.barRead(0x30, 4)).toBe(0);
  seen.panics = true;
  expect(device.barRead(0x30, 4)).toBe(1);
});

test("reports keep their order, and never touch the interface's registers", () => {
  const { device, seen } = machine();
  device.barWrite(0x20, 1, 0x11);
  device.barWrite(0x20, 4, 0x5544_3322);
  expect(seen.reports).toEqual([0x11, 0x22, 0x33, 0x44, 0x55]);
  expect(seen.accesses).toEqual([]);
});

// Goal: the guest's clock is extended beyond 32 bits, exactly, and never goes back.
test("ticks are exact over many wraps of the 32-bit clock", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x7fff_ffff }), { maxLength: 30 }), (steps) => {
      const { device, seen } = machine();
      let us = 0;
      const expected = steps.map((step) => {
        us += step;
        device.barWrite(0x24, 4, us % 0x1_0000_0000);
        return us;
      });
      expect(seen.ticks).toEqual(expected);
    }),
    { seed: SEED },
  );
});

test("a tick that goes back is not passed on", () => {
  const { device, seen } = machine();
  device.barWrite(0x24, 4, 5_000);
  device.barWrite(0x24, 4, 4_000);
  device.barWrite(0x24, 4, 6_000);
  expect(seen.ticks).toEqual([5_000, 6_000]);
});
