import type { HostRegister } from "../../../src/trace/events.ts";
import { BtRegisters } from "../../../src/wire/bt/registers.ts";
import type { InterfaceOn, RegisterSpacing } from "../../../src/wire/interface.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";
import type { RegisterPort, TransactionTags } from "../../../src/wire/registers/port.ts";
import { SmicRegisters } from "../../../src/wire/smic/registers.ts";

/** A register block with what a test of all blocks needs of its BMC's face. */
export interface Block {
  readonly port: RegisterPort;
  readonly tags: TransactionTags;
  onLine(changed: (level: boolean) => void): void;
  /** Raises the interrupt line, as the BMC does, from whatever state it is in. */
  interrupt(): void;
  /** Puts a byte where the host reads data. */
  offer(value: number): void;
  /** The bytes that arrived through the data register since the last call. */
  taken(): number[];
}

/** How each protocol's block is used by a test that knows none of them. */
export interface Kind {
  readonly name: InterfaceOn<"registers">;
  /** A write that raises the busy flag of an idle block. */
  readonly raises: { readonly reg: HostRegister; readonly value: number };
  /** A register that is not the data register, and what an idle block shows there. */
  readonly other: { readonly reg: HostRegister; readonly idle: number };
  /** Writes, by register, that begin transfers, and the number of the transfer after each. */
  readonly numbered: readonly (readonly [HostRegister, number, number])[];
  make(spacing: RegisterSpacing): Block;
}

export const KINDS: readonly Kind[] = [
  {
    name: "kcs",
    raises: { reg: "data", value: 0x18 },
    other: { reg: "status", idle: 0x00 },
    numbered: [
      ["command", 0x61, 1],
      ["command", 0x62, 1],
      ["data", 0x61, 1],
      ["command", 0x60, 1],
      ["command", 0x61, 2],
    ],
    make: kcs,
  },
  {
    name: "smic",
    raises: { reg: "flags", value: 0x01 },
    other: { reg: "control", idle: 0xc0 },
    numbered: [
      ["control", 0x41, 1],
      ["control", 0x42, 1],
      ["data", 0x41, 1],
      ["control", 0x40, 1],
      ["control", 0x41, 2],
    ],
    make: smic,
  },
  {
    name: "bt",
    raises: { reg: "control", value: 0x04 },
    other: { reg: "control", idle: 0x00 },
    // A frame counts from its first byte: some hosts clear the pointer more than once before it.
    numbered: [
      ["control", 0x01, 0],
      ["control", 0x01, 0],
      ["data", 0x03, 1],
      ["data", 0x18, 1],
      ["control", 0x04, 1],
      ["data", 0x03, 2],
      ["data", 0x18, 2],
      ["control", 0x01, 2],
      ["data", 0x03, 3],
    ],
    make: bt,
  },
];

function kcs(spacing: RegisterSpacing): Block {
  const registers = new KcsRegisters({ spacing });
  const arrived: number[] = [];
  registers.onInput(() => {
    const data = (registers.readStatus() & 0x08) === 0;
    const value = registers.readInput();
    if (data) arrived.push(value);
  });
  return {
    port: registers,
    tags: registers.tags,
    onLine: (changed) => registers.onLine(changed),
    interrupt: () => {
      registers.enableInterrupt(true);
      registers.read(0);
      registers.writeOutput(0);
    },
    offer: (value) => registers.writeOutput(value),
    taken: () => arrived.splice(0),
  };
}

function smic(spacing: RegisterSpacing): Block {
  const registers = new SmicRegisters({ spacing });
  registers.onBusy(() => registers.clearBusy());
  let before = 0;
  return {
    port: registers,
    tags: registers.tags,
    onLine: (changed) => registers.onLine(changed),
    interrupt: () => {
      registers.enableInterrupt(true);
      registers.read(2 * spacing);
      registers.interrupt();
    },
    offer: (value) => registers.writeData(value),
    taken: () => {
      const value = registers.readData();
      const bytes = value === before ? [] : [value];
      before = value;
      return bytes;
    },
  };
}

function bt(spacing: RegisterSpacing): Block {
  const registers = new BtRegisters({ spacing });
  registers.writeControl(0x80);
  let seen = 0;
  return {
    port: registers,
    tags: registers.tags,
    onLine: (changed) => registers.onLine(changed),
    interrupt: () => {
      registers.enableInterrupt(true);
      registers.write(2 * spacing, 0x03);
      registers.write(0, 0x18);
      registers.writeControl(0x08);
    },
    offer: (value) => registers.writeFifo(value),
    taken: () => {
      // From the start each time: whoever reads behind the end loses what comes there next.
      registers.writeControl(0x02);
      for (let skipped = 0; skipped < seen; skipped++) registers.readFifo();
      const bytes: number[] = [];
      for (let value = registers.readFifo(); value !== 0; value = registers.readFifo()) {
        bytes.push(value);
      }
      seen += bytes.length;
      return bytes;
    },
  };
}
