import { describe, expect, test } from "vitest";
import { BtControl, BtInterruptMask } from "../../../src/wire/bt/protocol.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";

type Effect = "set" | "clear" | "toggle" | "nothing";

/** What a written 1 does, by who writes it. A written 0 does nothing. @see IPMI 2.0 §11.6.4 */
const TABLE: readonly (readonly [name: string, bit: number, host: Effect, bmc: Effect])[] = [
  ["CLR_WR_PTR", 0x01, "nothing", "nothing"],
  ["CLR_RD_PTR", 0x02, "nothing", "nothing"],
  ["H2B_ATN", 0x04, "set", "clear"],
  ["B2H_ATN", 0x08, "clear", "set"],
  ["SMS_ATN", 0x10, "clear", "set"],
  ["OEM0", 0x20, "set", "clear"],
  ["H_BUSY", 0x40, "toggle", "nothing"],
  ["B_BUSY", 0x80, "nothing", "toggle"],
];

function after(effect: Effect, before: 0 | 1): 0 | 1 {
  switch (effect) {
    case "set":
      return 1;
    case "clear":
      return 0;
    case "toggle":
      return before === 1 ? 0 : 1;
    case "nothing":
      return before;
  }
}

/** A block whose BT_CTRL has that bit at that level, by whoever can bring it there. */
function blockWith(bit: number, level: 0 | 1): BtRegisters {
  const registers = new BtRegisters();
  registers.writeControl(BtControl.BBusy);
  if (level === 0) return registers;
  registers.write(0, bit & (BtControl.H2bAtn | BtControl.Oem0 | BtControl.HBusy));
  registers.writeControl(bit & (BtControl.B2hAtn | BtControl.SmsAtn | BtControl.BBusy));
  return registers;
}

// Goal: each bit does for each side what the table says, and no other bit changes. Method: each
// bit, at each level, written by each side.
describe.each(TABLE)("%s", (_, bit, host, bmc) => {
  const levels = bit > 0x02 ? ([0, 1] as const) : ([0] as const);

  test.each(levels)("from %i: the host's 1", (before) => {
    const registers = blockWith(bit, before);
    const rest = registers.readControl() & ~bit;
    registers.write(0, bit);
    expect(registers.read(0)).toBe(rest | (after(host, before) === 1 ? bit : 0));
  });

  test.each(levels)("from %i: the BMC's 1", (before) => {
    const registers = blockWith(bit, before);
    const rest = registers.readControl() & ~bit;
    registers.writeControl(bit);
    expect(registers.readControl()).toBe(rest | (after(bmc, before) === 1 ? bit : 0));
  });
});

test("zeros do nothing, whoever writes them", () => {
  for (let control = 0x04; control <= 0xfc; control += 0x04) {
    const registers = blockWith(control, 1);
    expect(registers.read(0)).toBe(control);
    registers.write(0, 0);
    registers.writeControl(0);
    expect(registers.read(0)).toBe(control);
  }
});

test("BT-20: after a reset B_BUSY is set and nothing else is", () => {
  expect(new BtRegisters().read(0)).toBe(BtControl.BBusy);
  const registers = blockWith(0x7c, 1);
  registers.write(2, BtInterruptMask.Enable);
  registers.reset();
  expect([registers.read(0), registers.read(2)]).toEqual([BtControl.BBusy, 0]);
});

describe("the FIFOs", () => {
  test("are two, each with a pointer for its writer and one for its reader", () => {
    const registers = new BtRegisters();
    for (const byte of [1, 2, 3]) registers.write(1, byte);
    for (const byte of [7, 8, 9]) registers.writeFifo(byte);
    expect([registers.readFifo(), registers.read(1)]).toEqual([1, 7]);
    registers.writeControl(BtControl.ClearReadPointer);
    expect([registers.readFifo(), registers.readFifo(), registers.read(1)]).toEqual([1, 2, 8]);
    registers.write(0, BtControl.ClearReadPointer);
    expect([registers.readFifo(), registers.read(1)]).toEqual([3, 7]);
  });

  test("a cleared write pointer lets an old frame's end show through", () => {
    const registers = new BtRegisters();
    for (const byte of [1, 2, 3]) registers.write(1, byte);
    registers.write(0, BtControl.ClearWritePointer);
    registers.write(1, 4);
    expect([registers.readFifo(), registers.readFifo(), registers.readFifo()]).toEqual([4, 2, 3]);
    for (const byte of [1, 2, 3]) registers.writeFifo(byte);
    registers.writeControl(BtControl.ClearWritePointer);
    registers.writeFifo(4);
    expect([registers.read(1), registers.read(1), registers.read(1)]).toEqual([4, 2, 3]);
  });

  test.each([64, 256])("of %i bytes lose what is more, and read FFh behind their end", (bytes) => {
    const registers = new BtRegisters({ fifoBytes: bytes });
    for (let i = 0; i < bytes + 10; i++) registers.write(1, i % 200);
    const read = Array.from({ length: bytes + 2 }, () => registers.readFifo());
    expect(read.slice(0, bytes)).toEqual(Array.from({ length: bytes }, (_, i) => i % 200));
    expect(read.slice(bytes)).toEqual([0xff, 0xff]);
  });

  test("BT-28: of less than 64 bytes there are none", () => {
    expect(() => new BtRegisters({ fifoBytes: 63 })).toThrow("64 bytes or more");
  });
});

describe("INTMASK", () => {
  test.each([BtControl.B2hAtn, BtControl.SmsAtn])(
    "BT-29: a bit %i that rises interrupts, once, while it is enabled",
    (bit) => {
      const registers = new BtRegisters();
      const levels: boolean[] = [];
      registers.onLine((level) => levels.push(level));
      registers.enableInterrupt(true);
      registers.writeControl(bit);
      expect([registers.read(2), registers.line]).toEqual([0x00, false]);
      registers.write(0, bit);
      registers.write(2, BtInterruptMask.Enable);
      registers.writeControl(bit);
      expect([registers.read(2), registers.line]).toEqual([0x03, true]);
      registers.write(2, BtInterruptMask.Enable | BtInterruptMask.Interrupt);
      expect([registers.read(2), registers.line]).toEqual([0x01, false]);
      // It is high still: it does not rise again.
      registers.writeControl(bit);
      expect(registers.read(2)).toBe(0x01);
      expect(levels).toEqual([true, false]);
    },
  );

  test("a written 1 clears B2H_IRQ, a 0 does not, and B2H_IRQ_EN is as it is written", () => {
    const registers = new BtRegisters();
    registers.write(2, BtInterruptMask.Enable);
    registers.writeControl(BtControl.B2hAtn);
    registers.write(2, BtInterruptMask.Enable);
    expect(registers.read(2)).toBe(0x03);
    registers.write(2, 0);
    expect(registers.read(2)).toBe(0x02);
    registers.write(2, BtInterruptMask.Interrupt);
    expect(registers.read(2)).toBe(0x00);
  });

  test("no other bit rises or sets B2H_IRQ", () => {
    const registers = new BtRegisters();
    registers.write(2, BtInterruptMask.Enable);
    registers.write(0, BtControl.H2bAtn | BtControl.HBusy | BtControl.Oem0);
    registers.writeControl(BtControl.BBusy | BtControl.H2bAtn);
    registers.write(2, 0x7c);
    expect(registers.read(2)).toBe(0x00);
  });

  test("the line follows when the BMC connects it, and when the host masks it", () => {
    const registers = new BtRegisters();
    registers.write(2, BtInterruptMask.Enable);
    registers.writeControl(BtControl.SmsAtn);
    expect(registers.line).toBe(false);
    registers.enableInterrupt(true);
    expect(registers.line).toBe(true);
    registers.write(2, 0);
    expect(registers.line).toBe(false);
    registers.write(2, BtInterruptMask.Enable);
    expect(registers.line).toBe(true);
    registers.enableInterrupt(false);
    expect(registers.line).toBe(false);
  });

  test("BMC_HWRST reaches the BMC where there is one, and reads 0", () => {
    for (const hardwareReset of [true, false]) {
      const registers = new BtRegisters({ hardwareReset });
      let resets = 0;
      registers.onHardwareReset(() => resets++);
      registers.write(2, BtInterruptMask.HardwareReset | BtInterruptMask.Enable);
      registers.write(2, BtInterruptMask.Enable);
      expect([resets, registers.read(2)]).toEqual([hardwareReset ? 1 : 0, BtInterruptMask.Enable]);
    }
  });
});

test("the BMC is interrupted for a request, and when the host is done with a response", () => {
  const registers = new BtRegisters();
  let inputs = 0;
  registers.onInput(() => inputs++);
  const inputsOf = (bits: number) => {
    inputs = 0;
    registers.write(0, bits);
    return inputs;
  };
  expect(inputsOf(BtControl.H2bAtn)).toBe(1);
  expect(inputsOf(BtControl.H2bAtn)).toBe(0);
  expect(inputsOf(BtControl.HBusy)).toBe(0);
  registers.writeControl(BtControl.B2hAtn);
  expect(inputsOf(BtControl.B2hAtn)).toBe(1);
  expect(inputsOf(BtControl.B2hAtn)).toBe(0);
  expect(inputsOf(BtControl.HBusy)).toBe(1);
  const others = BtControl.ClearReadPointer | BtControl.ClearWritePointer | BtControl.Oem0;
  expect(inputsOf(others | BtControl.SmsAtn)).toBe(0);
});

describe.each([1, 4, 16] as const)("registers %i apart", (spacing) => {
  test("lie where they are told to, and nowhere else", () => {
    const registers = new BtRegisters({ base: 0xe4, spacing });
    registers.write(0xe4, BtControl.Oem0);
    registers.write(0xe4 + spacing, 0x18);
    registers.write(0xe4 + 2 * spacing, BtInterruptMask.Enable);
    expect(registers.read(0xe4)).toBe(BtControl.BBusy | BtControl.Oem0);
    expect(registers.readFifo()).toBe(0x18);
    expect(registers.read(0xe4 + 2 * spacing)).toBe(BtInterruptMask.Enable);
    const own = [0xe4, 0xe4 + spacing, 0xe4 + 2 * spacing];
    for (let offset = 0; offset < 0x140; offset++) {
      if (own.includes(offset)) continue;
      registers.write(offset, 0xff);
      expect(registers.read(offset)).toBe(0xff);
    }
    expect(registers.read(0xe4)).toBe(BtControl.BBusy | BtControl.Oem0);
  });
});
