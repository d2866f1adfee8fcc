import { assert } from "../assert.ts";
import { Label } from "./operands.ts";

/** Numbers of the general registers that have names of their own. @see Arm ARM, A2.3 */
export const ArmRegister = { Lr: 14, Pc: 15 } as const;

/** The condition's number in the top four bits of an instruction. @see Arm ARM, A8.3 */
export const ArmIf = {
  Equal: 0x0,
  NotEqual: 0x1,
  Negative: 0x4,
  NotNegative: 0x5,
  Always: 0xe,
} as const;
export type ArmIf = (typeof ArmIf)[keyof typeof ArmIf];

/** Numbers of the data processing instructions. @see Arm ARM, A5.2 */
const Operation = { And: 0x0, Sub: 0x2, Add: 0x4, Cmp: 0xa, Or: 0xc } as const;
type Operation = (typeof Operation)[keyof typeof Operation];

/** Where an instruction's own address reads as: two instructions further on. */
const AHEAD_BYTES = 8;
const INSTRUCTION_BYTES = 4;

/**
 * Assembles A32 code for ARMv7, to be run at a given address. Only the instructions that the guest
 * program at a BMC's end needs; the names are the architecture manual's.
 */
export class ArmAssembler {
  readonly #base: number;
  readonly #code: number[] = [];
  readonly #fixups: { readonly at: number; readonly apply: () => number }[] = [];
  readonly #data: { readonly label: Label; readonly bytes: Uint8Array }[] = [];

  /** `base`: where the first byte of the code will lie. */
  constructor(base: number) {
    this.#base = base;
  }

  bind(label: Label): void {
    label.bind(this.#code.length * INSTRUCTION_BYTES);
  }

  /** A label at the present place. */
  here(name: string): Label {
    const label = new Label(name);
    this.bind(label);
    return label;
  }

  /** Bytes behind the code, at a multiple of 4. */
  data(bytes: Uint8Array): Label {
    const label = new Label(`data ${this.#data.length}`);
    this.#data.push({ label, bytes });
    return label;
  }

  /** ASCII text with the zero byte that ends a C string. */
  text(text: string): Label {
    return this.data(new TextEncoder().encode(`${text}\0`));
  }

  /** Bytes behind the code, zero at first. */
  space(length: number): Label {
    return this.data(new Uint8Array(length));
  }

  /** The code with its data behind it. */
  finish(): Uint8Array {
    const codeBytes = this.#code.length * INSTRUCTION_BYTES;
    const data: number[] = [];
    for (const { label, bytes } of this.#data) {
      label.bind(codeBytes + data.length);
      for (const byte of bytes) data.push(byte);
      while (data.length % INSTRUCTION_BYTES !== 0) data.push(0);
    }
    for (const { at, apply } of this.#fixups) {
      this.#code[at] = ((this.#code[at] ?? 0) | apply()) >>> 0;
    }
    const image = new Uint8Array(codeBytes + data.length);
    const view = new DataView(image.buffer);
    for (const [index, word] of this.#code.entries()) {
      view.setUint32(index * INSTRUCTION_BYTES, word, true);
    }
    image.set(data, codeBytes);
    return image;
  }

  /** MOVW and MOVT: a register gets a constant, or the address of a label. */
  constant(to: number, value: number | Label): void {
    const whole = () => (value instanceof Label ? this.#base + value.offset : value >>> 0);
    this.#later(0xe300_0000 | (to << 12), () => split16(whole() & 0xffff));
    this.#later(0xe340_0000 | (to << 12), () => split16(whole() >>> 16));
  }

  mov(to: number, from: number): void {
    this.#emit(0xe1a0_0000 | (to << 12) | from);
  }

  /** `to` = `from` shifted left by 1 to 31. */
  lsl(to: number, from: number, count: number): void {
    assert(count > 0 && count < 32, "a shift is of 1 to 31 bits");
    this.#emit(0xe1a0_0000 | (to << 12) | (count << 7) | from);
  }

  /** `to` = `from` shifted right by 1 to 31, filled with zeros. */
  lsr(to: number, from: number, count: number): void {
    assert(count > 0 && count < 32, "a shift is of 1 to 31 bits");
    this.#emit(0xe1a0_0020 | (to << 12) | (count << 7) | from);
  }

  add(to: number, left: number, right: number): void {
    this.#registers(Operation.Add, to, left, right);
  }

  sub(to: number, left: number, right: number): void {
    this.#registers(Operation.Sub, to, left, right);
  }

  or(to: number, left: number, right: number): void {
    this.#registers(Operation.Or, to, left, right);
  }

  addConstant(to: number, left: number, value: number): void {
    this.#immediate(Operation.Add, to, left, value);
  }

  andConstant(to: number, left: number, value: number): void {
    this.#immediate(Operation.And, to, left, value);
  }

  /** Compares with 0 to 255. */
  cmpConstant(left: number, value: number): void {
    this.#immediate(Operation.Cmp, 0, left, value);
  }

  ldr(to: number, base: number, offset = 0): void {
    this.#memory(0xe590_0000, to, base, offset);
  }

  str(from: number, base: number, offset = 0): void {
    this.#memory(0xe580_0000, from, base, offset);
  }

  ldrb(to: number, base: number, offset = 0): void {
    this.#memory(0xe5d0_0000, to, base, offset);
  }

  strb(from: number, base: number, offset = 0): void {
    this.#memory(0xe5c0_0000, from, base, offset);
  }

  b(to: Label, condition: ArmIf = ArmIf.Always): void {
    this.#branch((condition << 28) | 0x0a00_0000, to);
  }

  bl(to: Label): void {
    this.#branch(0xeb00_0000, to);
  }

  /** Registers onto the stack, by their numbers. */
  push(...registers: readonly number[]): void {
    this.#emit(0xe92d_0000 | bits(registers));
  }

  pop(...registers: readonly number[]): void {
    this.#emit(0xe8bd_0000 | bits(registers));
  }

  /** A system call. */
  svc(): void {
    this.#emit(0xef00_0000);
  }

  #registers(operation: Operation, to: number, left: number, right: number): void {
    this.#emit(0xe000_0000 | (operation << 21) | (left << 16) | (to << 12) | right);
  }

  #immediate(operation: Operation, to: number, left: number, value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, "a constant of eight bits");
    const sets = operation === Operation.Cmp ? 1 : 0;
    const fields = (operation << 21) | (sets << 20) | (left << 16) | (to << 12);
    this.#emit(0xe200_0000 | fields | value);
  }

  #memory(word: number, register: number, base: number, offset: number): void {
    assert(offset >= 0 && offset < 0x1000, "an offset of twelve bits");
    this.#emit(word | (base << 16) | (register << 12) | offset);
  }

  #branch(word: number, to: Label): void {
    const from = this.#code.length * INSTRUCTION_BYTES + AHEAD_BYTES;
    this.#later(word, () => ((to.offset - from) / INSTRUCTION_BYTES) & 0xff_ffff);
  }

  #later(word: number, apply: () => number): void {
    this.#fixups.push({ at: this.#code.length, apply });
    this.#emit(word);
  }

  #emit(word: number): void {
    this.#code.push(word >>> 0);
  }
}

/** A constant of sixteen bits as MOVW and MOVT have it: four bits apart from twelve. */
function split16(value: number): number {
  return ((value >> 12) << 16) | (value & 0xfff);
}

function bits(registers: readonly number[]): number {
  return registers.reduce((all, each) => all | (1 << each), 0);
}
