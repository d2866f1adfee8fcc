import { assert } from "../assert.ts";

/** A 64-bit general register; narrower forms of an instruction use its low part. */
export class Register {
  readonly code: number;

  constructor(code: number) {
    assert(code >= 0 && code < 16, "there are sixteen registers");
    this.code = code;
  }
}

export const rax = new Register(0);
export const rcx = new Register(1);
export const rdx = new Register(2);
export const rbx = new Register(3);
export const rsp = new Register(4);
export const rbp = new Register(5);
export const rsi = new Register(6);
export const rdi = new Register(7);
export const r8 = new Register(8);
export const r9 = new Register(9);
export const r10 = new Register(10);
export const r11 = new Register(11);
export const r12 = new Register(12);
export const r13 = new Register(13);
export const r14 = new Register(14);
export const r15 = new Register(15);

/** Memory at a register's value plus an offset. */
export class Memory {
  readonly base: Register;
  readonly offset: number;

  constructor(base: Register, offset: number) {
    assert(isSigned32(offset), "an offset fits 32 bits with sign");
    this.base = base;
    this.offset = offset;
  }
}

export function at(base: Register, offset = 0): Memory {
  return new Memory(base, offset);
}

/** A place in the code, or of data behind it. */
export class Label {
  readonly name: string;
  #offset: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  bind(offset: number): void {
    assert(this.#offset === undefined, `label ${this.name} is bound once`);
    this.#offset = offset;
  }

  /** From the code's start; below zero for what lies before it. */
  get offset(): number {
    assert(this.#offset !== undefined, `label ${this.name} is bound`);
    return this.#offset;
  }
}

/** The condition's number in the conditional jumps. */
export const If = {
  Below: 0x2,
  AboveOrEqual: 0x3,
  Equal: 0x4,
  NotEqual: 0x5,
  BelowOrEqual: 0x6,
  Above: 0x7,
  Negative: 0x8,
  NotNegative: 0x9,
  Less: 0xc,
  GreaterOrEqual: 0xd,
  LessOrEqual: 0xe,
  Greater: 0xf,
} as const;
export type If = (typeof If)[keyof typeof If];

/** Control registers: where the page tables are, and which extensions are on. @see Intel SDM volume 3, 2.5 */
export const Control = { Tables: 3, Extensions: 4 } as const;
export type Control = (typeof Control)[keyof typeof Control];

export type Width = 8 | 16 | 32 | 64;

/** Whether a value fits 32 bits with sign. */
export function isSigned32(value: number): boolean {
  return Number.isInteger(value) && value >= -0x8000_0000 && value <= 0x7fff_ffff;
}
