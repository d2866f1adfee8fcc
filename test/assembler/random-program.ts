import {
  at,
  If,
  Label,
  type Memory,
  Register,
  r11,
  rax,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  type Width,
} from "../../src/assembler/operands.ts";
import { Assembler } from "../../src/assembler/x86-64.ts";

/** The bits of RFLAGS that a conditional jump looks at. @see Intel SDM volume 1, 3.4.3 */
export const Flag = { Carry: 0x001, Zero: 0x040, Sign: 0x080, Overflow: 0x800 } as const;
const ALL = Flag.Carry | Flag.Zero | Flag.Sign | Flag.Overflow;
/** What each condition looks at. */
const LOOKS: readonly (readonly [If, number])[] = [
  ...([If.Below, If.AboveOrEqual] as const).map((each) => [each, Flag.Carry] as const),
  ...([If.Equal, If.NotEqual] as const).map((each) => [each, Flag.Zero] as const),
  ...([If.BelowOrEqual, If.Above] as const).map((each) => [each, Flag.Carry | Flag.Zero] as const),
  ...([If.Negative, If.NotNegative] as const).map((each) => [each, Flag.Sign] as const),
  ...([If.Less, If.GreaterOrEqual] as const).map(
    (each) => [each, Flag.Sign | Flag.Overflow] as const,
  ),
  ...([If.LessOrEqual, If.Greater] as const).map(
    (each) => [each, Flag.Sign | Flag.Overflow | Flag.Zero] as const,
  ),
];

const REGISTERS = Array.from({ length: 16 }, (_, code) => new Register(code));
const WIDTHS: readonly Width[] = [8, 16, 32, 64];
/** Of the memory that is read and written, on both sides of its middle. */
const HALF_BYTES = 256;
const STACK_BYTES = 1_024;
/** A register each, and the flags. */
const SLOT_BYTES = 8;
export const STEP_BYTES = 17 * SLOT_BYTES;
/** `mov [rip+n], rax`, in whose place `pushfq` and `pop [rip+n]` are put: as long, and with n at the same place. */
const STORE_RAX = [0x48, 0x89, 0x05] as const;
const POP_FLAGS = [0x9c, 0x8f, 0x05] as const;
export const POP_FLAGS_BYTES = 7;
const IOPL = 172;
const WRITE = 1;
const EXIT = 60;
/** QEMU's pc-testdev: four bytes that keep what is written. */
export const LATCH_PORT = 0xe0;

/** What stands for a step in a message, and the flags that are defined behind it. */
export interface Step {
  readonly text: string;
  readonly flags: number;
}

export interface RandomProgram {
  readonly code: Uint8Array;
  readonly steps: readonly Step[];
  /** Where the states are, from the code's start; those of the memory behind them. */
  readonly logAt: number;
  readonly logBytes: number;
  /** Where flags are written: `pushfq`, `pop [rip+n]`. */
  readonly flagsAt: ReadonlySet<number>;
}

/**
 * A process's program of random instructions, all that the assembler has but for the time stamp counter,
 * which writes down all registers and flags after each, gives that to its standard output, and ends.
 */
export function randomProgram(
  seed: number,
  { count, ports }: { readonly count: number; readonly ports: boolean },
): RandomProgram {
  return new Author(seed, ports).write(count);
}

class Author {
  readonly #a = new Assembler();
  readonly #steps: Step[] = [];
  readonly #ports: boolean;
  readonly #flagsAt: Label[] = [];
  readonly #log = new Label("log");
  readonly #below: Label;
  readonly #middle: Label;
  readonly #states: Label[] = [];
  #random: number;
  #defined = ALL;

  constructor(seed: number, ports: boolean) {
    this.#random = seed;
    this.#ports = ports;
    this.#below = this.#a.space(HALF_BYTES);
    this.#middle = this.#a.space(HALF_BYTES);
  }

  write(count: number): RandomProgram {
    const a = this.#a;
    const stack = [a.space(STACK_BYTES), a.space(STACK_BYTES)];
    if (this.#ports) {
      a.mov(rax, IOPL);
      a.mov(rdi, 3);
      a.syscall();
    }
    a.lea(rsp, stack[1] ?? this.#log);
    for (const each of REGISTERS) if (each.code !== rsp.code) a.mov(each, this.#value());
    a.cmp(rax, rcx);
    this.#step("cmp rax, rcx", ALL);
    while (this.#steps.length < count) this.#instruction();
    const first = this.#states[0] ?? this.#log;
    const bytes = this.#steps.length * STEP_BYTES;
    this.#copyMemory();
    const logBytes = bytes + 2 * HALF_BYTES;
    a.mov(rax, WRITE);
    a.mov(rdi, 1);
    a.lea(rsi, first);
    a.mov(rdx, logBytes);
    a.syscall();
    a.mov(rax, EXIT);
    a.mov(rdi, 0);
    a.syscall();
    const code = a.finish();
    for (const { offset } of this.#flagsAt) {
      const there = code.slice(offset, offset + STORE_RAX.length);
      if (there.join() !== STORE_RAX.join()) throw new Error("no place for the flags");
      code.set(POP_FLAGS, offset);
    }
    const flagsAt = new Set(this.#flagsAt.map(({ offset }) => offset));
    return { code, steps: this.#steps, logAt: first.offset, logBytes, flagsAt };
  }

  /** Puts the memory behind the states. */
  #copyMemory(): void {
    const a = this.#a;
    const copy = a.space(2 * HALF_BYTES);
    a.lea(rsi, this.#below);
    a.lea(rdi, copy);
    a.mov(rcx, 2 * HALF_BYTES);
    a.repMovsb();
  }

  /** Writes the state down; `flags`: what is defined now. */
  #step(text: string, flags: number): void {
    const a = this.#a;
    this.#defined = flags;
    this.#steps.push({ text, flags });
    for (const register of REGISTERS) {
      const slot = a.space(SLOT_BYTES);
      this.#states.push(slot);
      a.store(slot, register);
    }
    this.#flagsAt.push(a.here("flags"));
    a.store(a.space(SLOT_BYTES), rax);
  }

  #same(text: string): void {
    this.#step(text, this.#defined);
  }

  #instruction(): void {
    const kinds = [
      ...[this.#arithmetic, this.#arithmetic, this.#constant, this.#constant, this.#shift],
      ...[this.#move, this.#load, this.#store, this.#stack, this.#branch, this.#multiply],
      ...[this.#divide, this.#exchange, this.#copy, this.#call, this.#small],
      ...(this.#ports ? [this.#port, this.#strings] : []),
    ];
    this.#one(kinds).call(this);
  }

  /** A general register that is not the stack's. */
  #register(): Register {
    return this.#one(REGISTERS.filter((each) => each.code !== rsp.code));
  }

  #arithmetic(): void {
    const [left, right] = [this.#register(), this.#register()];
    const name = this.#one(["add", "or", "and", "sub", "xor", "cmp"] as const);
    this.#a[name](left, right);
    this.#step(`${name} ${left.code}, ${right.code}`, ALL);
  }

  #constant(): void {
    const left = this.#register();
    const name = this.#one(["add", "or", "and", "sub", "xor", "cmp"] as const);
    const value = this.#one([this.#draw(256) - 128, (this.#draw(2 ** 31) - 2 ** 30) * 2]);
    this.#a[name](left, value);
    this.#step(`${name} ${left.code}, ${value}`, ALL);
  }

  /** Of more than one place the overflow is undefined. */
  #shift(): void {
    const register = this.#register();
    const places = this.#one([1, 1 + this.#draw(63)]);
    const name = this.#one(["shl", "shr"] as const);
    this.#a[name](register, places);
    this.#step(`${name} ${register.code}, ${places}`, places === 1 ? ALL : ALL & ~Flag.Overflow);
  }

  #move(): void {
    const [to, from] = [this.#register(), this.#one([this.#register(), this.#value()])];
    this.#a.mov(to, from);
    this.#same(`mov ${to.code}, ${from instanceof Register ? from.code : from}`);
  }

  #load(): void {
    const [to, width] = [this.#register(), this.#one(WIDTHS)];
    const { place, text } = this.#place();
    this.#a.load(to, place, width);
    this.#same(`load ${to.code}, ${text}, ${width}`);
  }

  #store(): void {
    const [from, width] = [this.#register(), this.#one(WIDTHS)];
    const { place, text } = this.#place();
    this.#a.store(place, from, width);
    this.#same(`store ${text}, ${from.code}, ${width}`);
    const memory = this.#memory();
    const value = this.#draw(2 ** 31) * 2 + this.#draw(2);
    this.#a.storeConstant32(memory.place, value);
    this.#same(`store ${memory.text}, ${value}`);
  }

  #stack(): void {
    const [first, second] = [this.#register(), this.#register()];
    this.#a.push(first);
    this.#same(`push ${first.code}`);
    this.#a.pop(second);
    this.#same(`pop ${second.code}`);
  }

  /** A jump that is or is not taken, over one instruction. */
  #branch(): void {
    const able = LOOKS.filter(([, flags]) => (flags & this.#defined) === flags);
    if (able.length === 0) return;
    const [condition] = this.#one(able);
    const [over, before] = [new Label("over"), this.#defined];
    this.#a.jcc(condition, over);
    this.#same(`not jumped on ${condition}`);
    this.#constant();
    this.#a.bind(over);
    this.#step("jumped to", this.#defined & before);
  }

  #multiply(): void {
    const [to, from] = [this.#register(), this.#register()];
    const factor = this.#draw(2 ** 31) - 2 ** 30;
    this.#a.imul(to, from, factor);
    this.#step(`imul ${to.code}, ${from.code}, ${factor}`, Flag.Carry | Flag.Overflow);
  }

  /** A dividend of 128 bits whose quotient has 64. */
  #divide(): void {
    const high = this.#draw(1_000);
    this.#a.mov(rdx, high);
    this.#a.mov(r11, high + 1 + this.#draw(2 ** 31));
    this.#a.div(r11);
    this.#step(`div, high ${high}`, 0);
    this.#a.cmp(rax, rdx);
    this.#step("cmp", ALL);
  }

  #exchange(): void {
    const register = this.#register();
    const { place, text } = this.#memory(register);
    this.#a.xchg32(place, register);
    this.#same(`xchg ${text}, ${register.code}`);
    const other = this.#register();
    const memory = this.#memory(other);
    this.#a.lockXadd(memory.place, other);
    this.#step(`lock xadd ${memory.text}, ${other.code}`, ALL);
  }

  #copy(): void {
    const count = this.#draw(64);
    this.#a.lea(rsi, this.#below);
    this.#a.lea(rdi, this.#middle);
    this.#a.mov(rcx, count);
    this.#a.repMovsb();
    this.#same(`rep movsb of ${count}`);
  }

  /** By a call, and by a jump to what a register has. */
  #call(): void {
    const a = this.#a;
    const [routine, behind, there] = [
      new Label("routine"),
      new Label("behind"),
      new Label("there"),
    ];
    const register = this.#register();
    a.call(routine);
    this.#same("returned");
    a.jmp(behind);
    a.bind(routine);
    this.#same("called");
    a.ret();
    a.bind(behind);
    a.lea(register, there);
    a.jmp(register);
    const before = this.#defined;
    this.#constant();
    a.bind(there);
    this.#step(`jumped by ${register.code}`, before);
    a.test(register, rcx);
    this.#step(`test ${register.code}, rcx`, ALL);
  }

  #small(): void {
    const [one, other] = [this.#register(), this.#register()];
    this.#a.neg(one);
    this.#step(`neg ${one.code}`, ALL);
    this.#a.test(one, other);
    this.#step(`test ${one.code}, ${other.code}`, ALL);
    this.#a.pause();
    this.#a.cld();
    this.#same("pause, cld");
  }

  #port(): void {
    const a = this.#a;
    a.mov(rdx, LATCH_PORT);
    const name = this.#one(["out8", "out16", "out32", "in8", "in16", "in32"] as const);
    a[name]();
    this.#same(name);
  }

  #strings(): void {
    const a = this.#a;
    const [width, count] = [this.#one([8, 32] as const), this.#draw(16)];
    a.mov(rdx, LATCH_PORT);
    a.mov(rcx, count);
    a.lea(rsi, this.#below);
    a.lea(rdi, this.#middle);
    const name = this.#one(["repOuts", "repIns"] as const);
    a[name](width);
    this.#same(`${name} of ${count} by ${width}`);
  }

  /** Memory by the code's own place, or by a register's. */
  #place(): { readonly place: Label | Memory; readonly text: string } {
    if (this.#draw(3) > 0) return this.#memory();
    return { place: this.#middle, text: "[rip+n]" };
  }

  /** Memory at a register, which is made to point there; it is another than `not`. */
  #memory(not = rsp): { readonly place: Memory; readonly text: string } {
    const free = REGISTERS.filter((each) => each.code !== rsp.code && each.code !== not.code);
    const base = this.#one(free);
    const offset = this.#one([0, this.#draw(HALF_BYTES - 16), -this.#draw(HALF_BYTES)]);
    this.#a.lea(base, this.#middle);
    return { place: at(base, offset), text: `[${base.code}+${offset}]` };
  }

  /** A value of any size that an instruction takes whole. */
  #value(): number {
    const bits = this.#draw(53);
    const value = this.#draw(2 ** Math.min(bits, 31)) * 2 ** Math.max(0, bits - 31);
    return this.#draw(2) === 0 ? value : -value;
  }

  #one<T>(all: readonly T[]): T {
    const [one] = all.slice(this.#draw(all.length));
    if (one === undefined) throw new Error("there is nothing to choose from");
    return one;
  }

  /** A number below `limit`, up to 2^31. @see Knuth, TAOCP 3.3.4, the line for m = 2^32 */
  #draw(limit: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * limit);
  }
}
