import { describe, expect, test } from "vitest";
import { SmicFlag, SmicStatus } from "../../../src/wire/smic/protocol.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";

describe.each([1, 4, 16] as const)("registers %i apart", (spacing) => {
  test("data and control/status are one register each, for both sides", () => {
    const registers = new SmicRegisters({ spacing });
    expect(registers.read(spacing)).toBe(SmicStatus.Ready);
    registers.write(0, 0x18);
    registers.write(spacing, 0x41);
    expect([registers.readData(), registers.readControl()]).toEqual([0x18, 0x41]);
    registers.writeData(0x1c);
    registers.writeStatusCode(0xc4);
    expect([registers.read(0), registers.read(spacing)]).toEqual([0x1c, 0xc4]);
    // What an SMI handler saved and puts back reads as it did.
    registers.write(spacing, 0xc2);
    expect(registers.read(spacing)).toBe(0xc2);
  });

  test("the host sets BUSY, the BMC clears it, and neither can do the other's part", () => {
    const registers = new SmicRegisters({ spacing });
    registers.updateFlags(0xff, SmicFlag.Busy);
    expect(registers.readFlags()).toBe(0);
    registers.write(2 * spacing, 0xff);
    expect(registers.read(2 * spacing)).toBe(SmicFlag.Busy);
    registers.write(2 * spacing, 0x00);
    registers.updateFlags(0xff, 0);
    expect(registers.read(2 * spacing)).toBe(SmicFlag.Busy);
    registers.clearBusy();
    expect(registers.read(2 * spacing)).toBe(0);
  });

  test("other offsets read FFh and take nothing", () => {
    const registers = new SmicRegisters({ spacing });
    const own = [0, spacing, 2 * spacing];
    for (let offset = 0; offset < 64; offset++) {
      if (own.includes(offset)) continue;
      expect(registers.read(offset)).toBe(0xff);
      registers.write(offset, 0x01);
    }
    expect(own.map((offset) => registers.read(offset))).toEqual([0, SmicStatus.Ready, 0]);
  });
});

test("the block lies where it is told to", () => {
  const registers = new SmicRegisters({ base: 0xca9, spacing: 1 });
  registers.write(0xcaa, 0x41);
  expect([registers.read(0xcaa), registers.read(0), registers.read(1)]).toEqual([0x41, 0xff, 0xff]);
});

// Goal: BUSY and the reserved bits are not the BMC's to set. Method: every mask and every value.
test("the BMC's software changes its own flags only", () => {
  const own = 0xdc;
  for (let mask = 0; mask < 256; mask++) {
    const registers = new SmicRegisters();
    registers.updateFlags(mask, 0xff);
    expect(registers.readFlags()).toBe(mask & own);
    registers.write(2, 0x01);
    registers.updateFlags(mask, 0);
    expect(registers.readFlags()).toBe(SmicFlag.Busy);
  }
});

test("the BMC is told once of each BUSY that the host sets", () => {
  const registers = new SmicRegisters();
  let busy = 0;
  registers.onBusy(() => busy++);
  registers.write(1, 0x41);
  registers.write(0, 0x18);
  registers.write(2, 0x00);
  expect(busy).toBe(0);
  registers.write(2, 0x01);
  registers.write(2, 0x01);
  expect(busy).toBe(1);
  registers.clearBusy();
  registers.write(2, 0x01);
  expect(busy).toBe(2);
});

describe("the interrupt line", () => {
  function bench() {
    const registers = new SmicRegisters();
    const levels: boolean[] = [];
    registers.onLine((level) => levels.push(level));
    return { registers, levels };
  }

  test("SMIC-28: BUSY 1 to 0 raises it, the host's look at Flags drops it", () => {
    const { registers, levels } = bench();
    registers.enableInterrupt(true);
    registers.clearBusy();
    expect(levels).toEqual([]);
    registers.write(2, 0x01);
    registers.clearBusy();
    expect(registers.line).toBe(true);
    registers.read(0);
    registers.read(1);
    expect(registers.line).toBe(true);
    registers.read(2);
    expect(levels).toEqual([true, false]);
  });

  test("the host's next BUSY drops it, too", () => {
    const { registers, levels } = bench();
    registers.enableInterrupt(true);
    registers.interrupt();
    registers.write(2, 0x01);
    expect(levels).toEqual([true, false]);
  });

  test("is low while it is not enabled", () => {
    const { registers, levels } = bench();
    registers.interrupt();
    expect(levels).toEqual([]);
    registers.enableInterrupt(true);
    registers.interrupt();
    registers.enableInterrupt(false);
    expect(levels).toEqual([true, false]);
  });
});
