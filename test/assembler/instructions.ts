import { AddressSpace } from "../../src/assembler/address-space.ts";
import { Processor } from "../../src/assembler/processor.ts";
import { staticElf } from "../../src/guest/elf.ts";
import {
  Flag,
  LATCH_PORT,
  POP_FLAGS_BYTES,
  type RandomProgram,
  STEP_BYTES,
} from "./random-program.ts";

const ELF_HEADERS_BYTES = 120;
const REGISTERS = 16;
/** Where an ELF file says at which address it begins: its entry, and its segment, as it is and as it is loaded. */
const Elf = { Entry: 24, Virtual: 64 + 16, Physical: 64 + 24 } as const;
const WRITE = 1;

/** The program as our processor carries it out: what it writes down. */
export function carriedOut({ code, logAt, logBytes, flagsAt }: RandomProgram): Uint8Array {
  const memory = new AddressSpace();
  const start = memory.map(code.length + ELF_HEADERS_BYTES, false) + ELF_HEADERS_BYTES;
  memory.bytes(start, code.length).set(code);
  const latch = new Latch();
  let over = false;
  const processor = new Processor(memory, {
    syscall: (at) => {
      over = at.get(0) === BigInt(WRITE);
      at.set(0, 0n);
    },
    in: (port, bytes) => latch.read(port, bytes),
    out: (port, bytes, value) => latch.write(port, bytes, value),
    ticks: () => 0n,
  });
  processor.rip = start;
  while (!over) {
    if (flagsAt.has(processor.rip - start)) popFlags(processor);
    else processor.step();
  }
  return memory.bytes(start + logAt, logBytes).slice();
}

/** `pushfq` and `pop [rip+n]`, which the executor has no use for. */
function popFlags(processor: Processor): void {
  const { memory, rip } = processor;
  const distance = Number(BigInt.asIntN(32, memory.read(rip + POP_FLAGS_BYTES - 4, 4)));
  const { carry, zero, sign, overflow } = processor.flags;
  const bits = [
    carry ? Flag.Carry : 0,
    zero ? Flag.Zero : 0,
    sign ? Flag.Sign : 0,
    overflow ? Flag.Overflow : 0,
  ];
  const flags = bits.reduce((sum, bit) => sum | bit, 0);
  processor.rip += POP_FLAGS_BYTES;
  memory.write(processor.rip + distance, 8, BigInt(flags));
}

/** QEMU's pc-testdev as far as it is used. */
class Latch {
  #value = 0n;

  read(port: number, bytes: number): bigint {
    this.#check(port);
    return BigInt.asUintN(8 * bytes, this.#value);
  }

  write(port: number, bytes: number, value: bigint): void {
    this.#check(port);
    const kept = (this.#value >> BigInt(8 * bytes)) << BigInt(8 * bytes);
    this.#value = kept | BigInt.asUintN(8 * bytes, value);
  }

  #check(port: number): void {
    if (port !== LATCH_PORT) throw new Error(`port ${port.toString(16)}`);
  }
}

/** The program as a file that a kernel starts, at the address that our processor has it at. */
export function asProcess({ code }: RandomProgram): Uint8Array {
  const elf = staticElf(code);
  const start = BigInt(new AddressSpace().map(1, false));
  const view = new DataView(elf.buffer);
  view.setBigUint64(Elf.Entry, start + BigInt(ELF_HEADERS_BYTES), true);
  for (const field of [Elf.Virtual, Elf.Physical]) view.setBigUint64(field, start, true);
  return elf;
}

/** Where the states of two differ, a sentence each; the first is ours. */
export function differences(
  { steps }: RandomProgram,
  ours: Uint8Array,
  theirs: Uint8Array,
): readonly string[] {
  if (ours.length !== theirs.length) return [`${theirs.length} bytes, not ${ours.length}`];
  const [mine, other] = [ours, theirs].map((each) => new DataView(each.buffer, each.byteOffset));
  const found: string[] = [];
  for (const [index, { text, flags }] of steps.entries()) {
    for (let word = 0; word <= REGISTERS; word++) {
      const mask = word < REGISTERS ? (1n << 64n) - 1n : BigInt(flags);
      const [a = 0n, b = 0n] = [mine, other].map((view) => {
        return (view?.getBigUint64(index * STEP_BYTES + word * 8, true) ?? 0n) & mask;
      });
      const name = word < REGISTERS ? `register ${word}` : "flags";
      if (a !== b) found.push(`${index} ${text}: ${name} ${a.toString(16)}, not ${b.toString(16)}`);
    }
  }
  const memory = steps.length * STEP_BYTES;
  const same = ours.slice(memory).every((byte, at) => byte === theirs[memory + at]);
  return same ? found : [...found, "the memory differs"];
}
