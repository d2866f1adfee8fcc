import { describe, expect, test } from "vitest";
import { Status } from "../../../src/wire/kcs/protocol.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";

describe.each([1, 4, 16] as const)("registers %i apart", (spacing) => {
  test("a host write sets IBF and C/D#, and the BMC's read clears IBF", () => {
    const registers = new KcsRegisters({ spacing });
    registers.write(spacing, 0x61);
    expect(registers.read(spacing)).toBe(Status.Ibf | Status.Cd);
    expect(registers.readInput()).toBe(0x61);
    expect(registers.read(spacing)).toBe(Status.Cd);
    registers.write(0, 0x18);
    expect(registers.read(spacing)).toBe(Status.Ibf);
    expect(registers.readInput()).toBe(0x18);
    expect(registers.read(spacing)).toBe(0);
  });

  test("the BMC's write sets OBF, and the host's read clears it and leaves the byte", () => {
    const registers = new KcsRegisters({ spacing });
    registers.writeOutput(0x1c);
    expect(registers.read(spacing)).toBe(Status.Obf);
    expect(registers.read(0)).toBe(0x1c);
    expect(registers.read(spacing)).toBe(0);
    expect(registers.read(0)).toBe(0x1c);
  });

  test("other offsets read FFh and take nothing", () => {
    const registers = new KcsRegisters({ spacing });
    for (let offset = 0; offset < 32; offset++) {
      if (offset === 0 || offset === spacing) continue;
      expect(registers.read(offset)).toBe(0xff);
      registers.write(offset, 0x61);
    }
    expect(registers.read(spacing)).toBe(0);
  });
});

test("the block lies where it is told to", () => {
  const registers = new KcsRegisters({ base: 0xca2, spacing: 4 });
  registers.write(0xca6, 0x61);
  expect([registers.read(0xca6), registers.read(0), registers.read(4)]).toEqual([0x0a, 0xff, 0xff]);
});

// Goal: IBF, OBF and C/D# belong to the hardware. Method: every mask and every value.
test("the BMC's software changes its own status bits only", () => {
  const own = Status.State | Status.Oem1 | Status.Oem2 | Status.SmsAtn;
  for (let mask = 0; mask < 256; mask++) {
    const registers = new KcsRegisters();
    registers.write(1, 0x61);
    registers.writeOutput(0);
    const hardware = registers.readStatus();
    registers.updateStatus(mask, 0xff);
    expect(registers.readStatus()).toBe(hardware | (mask & own));
    registers.updateStatus(mask, 0);
    expect(registers.readStatus()).toBe(hardware);
  }
});

test("the interrupt line is OBF, while it is enabled", () => {
  const registers = new KcsRegisters();
  const levels: boolean[] = [];
  registers.onLine((level) => levels.push(level));
  registers.writeOutput(0);
  expect(levels).toEqual([]);
  registers.enableInterrupt(true);
  registers.read(0);
  registers.writeOutput(1);
  registers.writeOutput(2);
  registers.enableInterrupt(false);
  expect(levels).toEqual([true, false, true, false]);
});

test("the BMC is interrupted by each write of the host", () => {
  const registers = new KcsRegisters();
  let inputs = 0;
  registers.onInput(() => inputs++);
  registers.write(1, 0x61);
  registers.write(0, 0x18);
  registers.write(2, 0x18);
  expect(inputs).toBe(2);
});
