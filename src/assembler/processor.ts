import type { AddressSpace } from "./address-space.ts";
import { bitwise, type Flags, holds, signed } from "./arithmetic.ts";
import { memoryPlace, type Place, registerPlace } from "./place.ts";

const RAX = 0;
const RCX = 1;
const RDX = 2;
const RBX = 3;
const RSP = 4;
const RSI = 6;
const RDI = 7;
const R11 = 11;
/** Where CPUID puts eax, ebx, ecx and edx. */
const IDENTITY = [RAX, RBX, RCX, RDX] as const;
const BITS = 64n;
const MASK64 = 0xffff_ffff_ffff_ffffn;

/** What the processor cannot do by itself. */
export interface Surroundings {
  syscall(processor: Processor): void;
  in(port: number, bytes: number): bigint;
  out(port: number, bytes: number, value: bigint): void;
  /** The time stamp counter. */
  ticks(): bigint;
  /** What is asked of by who runs without an operating system; a process has none of it. */
  readonly system?: SystemRegisters;
}

/** The processor as an operating system sees it. */
export interface SystemRegisters {
  control(register: number): bigint;
  setControl(register: number, value: bigint): void;
  /** What CPUID says of a leaf: eax, ebx, ecx, edx. */
  identify(leaf: number): readonly [bigint, bigint, bigint, bigint];
}

/**
 * Runs x86-64 code, instruction by instruction: those that guest programs and the crash-time executor
 * are made of, read from the manual's tables and not from the assembler. Anything else throws: invalid
 * opcode.
 */
export class Processor {
  readonly registers: bigint[] = Array.from({ length: 16 }, () => 0n);
  rip = 0;
  memory: AddressSpace;
  /** What CLI and CLD change. */
  interruptible = true;
  upwards = false;
  readonly #outside: Surroundings;
  #zero = false;
  #sign = false;
  #carry = false;
  #overflow = false;
  /** Of the instruction at hand. */
  #rex = 0;
  #repeated = false;
  #word = false;

  constructor(memory: AddressSpace, outside: Surroundings) {
    this.memory = memory;
    this.#outside = outside;
  }

  /** The processor of a new process, in the same state. */
  fork(outside: Surroundings): Processor {
    const copy = new Processor(this.memory.fork(), outside);
    copy.registers.splice(0, 16, ...this.registers);
    copy.rip = this.rip;
    return copy;
  }

  get(register: number): bigint {
    return this.registers[register] ?? 0n;
  }

  set(register: number, value: bigint): void {
    this.registers[register] = value & MASK64;
  }

  /** What a conditional jump looks at. */
  get flags(): Flags {
    return {
      carry: this.#carry,
      zero: this.#zero,
      sign: this.#sign,
      overflow: this.#overflow,
    };
  }

  /** One instruction; of a repeated one, one round. */
  step(): void {
    const start = this.rip;
    this.#rex = 0;
    this.#repeated = false;
    this.#word = false;
    let opcode = this.#fetch(1);
    for (; opcode === 0x66 || opcode === 0xf3 || opcode === 0xf0; opcode = this.#fetch(1)) {
      if (opcode === 0x66) this.#word = true;
      if (opcode === 0xf3) this.#repeated = true;
    }
    if (opcode >> 4 === 4) {
      this.#rex = opcode;
      opcode = this.#fetch(1);
    }
    // PAUSE is a repeated NOP, and does nothing.
    if (this.#repeated && opcode === 0x90) return;
    if (this.#repeated) this.#string(opcode, start);
    else if (opcode === 0x0f) this.#twoBytes(this.#fetch(1));
    else this.#oneByte(opcode);
  }

  #oneByte(opcode: number): void {
    const low = (opcode & 7) | ((this.#rex & 1) << 3);
    if (opcode < 0x40 && (opcode & 7) === 1) this.#arithmeticWithRegister(opcode >> 3);
    else if (opcode >> 3 === 0x50 >> 3) this.#push(this.get(low));
    else if (opcode >> 3 === 0x58 >> 3) this.set(low, this.#pop());
    else if (opcode >> 3 === 0xb8 >> 3) this.set(low, this.#fetchBig(this.#size() === 8 ? 8 : 4));
    else if (opcode === 0x69) this.#multiply();
    else if (opcode === 0x81 || opcode === 0x83) this.#arithmeticWithConstant(opcode);
    else if (opcode === 0xc1) this.#shift();
    else if (opcode === 0xc7) this.#moveConstant();
    else if (opcode === 0xf7) this.#unary();
    else if (opcode === 0xc3) this.rip = Number(this.#pop());
    else if (opcode === 0xe8 || opcode === 0xe9) this.#jump(opcode === 0xe8);
    else if (opcode >> 2 === 0xec >> 2) this.#accessPort(opcode);
    else if (opcode === 0xfa || opcode === 0xfc) this.#clearFlag(opcode);
    else this.#withOperands(opcode);
  }

  /** IN and OUT. A read of less than 32 bits leaves the rest of rax as it was. */
  #accessPort(opcode: number): void {
    const bytes = (opcode & 1) === 0 ? 1 : this.#word ? 2 : 4;
    const rax = this.get(RAX);
    const low = BigInt.asUintN(8 * bytes, rax);
    if (opcode >= 0xee) return this.#outside.out(this.#port(), bytes, low);
    const value = BigInt.asUintN(8 * bytes, this.#outside.in(this.#port(), bytes));
    this.set(RAX, bytes === 4 ? value : rax - low + value);
  }

  #clearFlag(opcode: number): void {
    if (opcode === 0xfa) this.interruptible = false;
    else this.upwards = true;
  }

  /** The instructions whose operands are a register and a place, and nothing else. */
  #withOperands(opcode: number): void {
    const { reg, place } = this.#modRm();
    switch (opcode) {
      case 0x85:
        this.#flags(place.read(8) & this.get(reg));
        break;
      case 0x87: {
        const old = place.read(4);
        place.write(4, this.get(reg));
        this.set(reg, old);
        break;
      }
      case 0x88:
        if (reg >= 4 && this.#rex === 0) throw new Error("a high byte register");
        place.write(1, this.get(reg));
        break;
      case 0x89:
        place.write(this.#size(), this.get(reg));
        break;
      case 0x8b:
        this.set(reg, place.read(this.#size()));
        break;
      case 0x8d:
        this.set(reg, BigInt(place.address));
        break;
      case 0xff:
        if ((reg & 7) !== 4) throw new Error("invalid opcode");
        this.rip = Number(place.read(8));
        break;
      default:
        throw new Error(`invalid opcode ${opcode.toString(16)}`);
    }
  }

  #twoBytes(opcode: number): void {
    if (opcode === 0x05) {
      // The kernel returns with these two spoilt.
      this.set(RCX, 0xdead_dead_dead_deadn);
      this.set(R11, 0xdead_dead_dead_deadn);
      this.#outside.syscall(this);
    } else if (opcode === 0x31) {
      const ticks = this.#outside.ticks();
      this.set(RAX, ticks & 0xffff_ffffn);
      this.set(RDX, (ticks >> 32n) & 0xffff_ffffn);
    } else if (opcode === 0x20 || opcode === 0x22 || opcode === 0xa2) {
      this.#system(opcode);
    } else if (opcode >> 4 === 8) {
      const distance = this.#fetchDistance();
      if (holds(opcode & 15, this.flags)) this.rip += distance;
    } else if (opcode === 0xb6 || opcode === 0xb7) {
      const { reg, place } = this.#modRm();
      this.set(reg, place.read(opcode === 0xb6 ? 1 : 2));
    } else if (opcode === 0xc1) {
      const { reg, place } = this.#modRm();
      const old = place.read(8);
      place.write(8, this.#sum(old, this.get(reg)));
      this.set(reg, old);
    } else {
      throw new Error(`invalid opcode 0f ${opcode.toString(16)}`);
    }
  }

  #system(opcode: number): void {
    const { system } = this.#outside;
    if (system === undefined) throw new Error("a privileged instruction");
    if (opcode === 0xa2) {
      const leaf = Number(BigInt.asUintN(32, this.get(RAX)));
      for (const [index, value] of system.identify(leaf).entries()) {
        this.set(IDENTITY[index] ?? RAX, BigInt.asUintN(32, value));
      }
      return;
    }
    const { reg, place } = this.#modRm();
    if (opcode === 0x20) place.write(8, system.control(reg));
    else system.setControl(reg, place.read(8));
  }

  /** One round of a repeated instruction, which then comes again until rcx is 0. */
  #string(opcode: number, start: number): void {
    if (this.get(RCX) === 0n) return;
    const bytes = opcode === 0x6d || opcode === 0x6f ? 4 : 1;
    const from = Number(this.get(RSI));
    const to = Number(this.get(RDI));
    const reads = opcode === 0x6e || opcode === 0x6f || opcode === 0xa4;
    if (opcode === 0xa4) this.memory.write(to, 1, this.memory.read(from, 1));
    else if (reads) this.#outside.out(this.#port(), bytes, this.memory.read(from, bytes));
    else this.memory.write(to, bytes, this.#outside.in(this.#port(), bytes));
    if (reads) this.set(RSI, BigInt(from + bytes));
    if (!reads || opcode === 0xa4) this.set(RDI, BigInt(to + bytes));
    this.set(RCX, this.get(RCX) - 1n);
    this.rip = start;
  }

  #arithmeticWithRegister(operation: number): void {
    const { reg, place } = this.#modRm();
    this.#arithmetic(operation, place, this.get(reg));
  }

  #arithmeticWithConstant(opcode: number): void {
    const bytes = opcode === 0x83 ? 1 : 4;
    const { reg, place } = this.#modRm(bytes);
    this.#arithmetic(reg & 7, place, this.#fetchSigned(bytes));
  }

  #moveConstant(): void {
    const { place } = this.#modRm(4);
    place.write(this.#size(), this.#fetchSigned(4));
  }

  #jump(call: boolean): void {
    const distance = this.#fetchDistance();
    if (call) this.#push(BigInt(this.rip));
    this.rip += distance;
  }

  #arithmetic(operation: number, place: Place, right: bigint): void {
    const left = place.read(8);
    const operand = right & MASK64;
    if (operation === 5 || operation === 7) {
      this.#subtract(left, operand);
      if (operation === 5) place.write(8, left - operand);
      return;
    }
    if (operation === 0) return place.write(8, this.#sum(left, operand));
    const result = bitwise(operation, left, operand);
    this.#flags(result);
    place.write(8, result);
  }

  #unary(): void {
    const { reg, place } = this.#modRm();
    const value = place.read(8);
    if ((reg & 7) === 3) {
      this.#subtract(0n, value);
      place.write(8, -value);
      return;
    }
    if ((reg & 7) !== 6) throw new Error("invalid opcode");
    const dividend = (this.get(RDX) << 64n) | this.get(RAX);
    if (value === 0n || dividend / value > MASK64) throw new Error("divide error");
    this.set(RAX, dividend / value);
    this.set(RDX, dividend % value);
  }

  #multiply(): void {
    const { reg, place } = this.#modRm(4);
    const product = signed(place.read(8)) * this.#fetchSigned(4);
    this.#carry = product !== signed(product);
    this.#overflow = this.#carry;
    this.set(reg, product);
  }

  #shift(): void {
    const { reg, place } = this.#modRm(1);
    const places = BigInt(this.#fetch(1));
    const value = place.read(8);
    const left = (reg & 7) === 4;
    const result = left ? value << places : value >> places;
    this.#flags(result);
    // The last bit that was pushed out; and of one place, whether the sign is another.
    this.#carry = ((value >> (left ? BITS - places : places - 1n)) & 1n) === 1n;
    this.#overflow = signed(result) < 0n !== signed(value) < 0n;
    place.write(8, result);
  }

  /** With its flags. */
  #sum(left: bigint, right: bigint): bigint {
    const result = left + right;
    this.#flags(result);
    this.#carry = result > MASK64;
    this.#overflow = signed(left) + signed(right) !== signed(result);
    return result;
  }

  #subtract(left: bigint, right: bigint): void {
    this.#flags(left - right);
    this.#carry = left < right;
    this.#overflow = signed(left) - signed(right) !== signed(left - right);
  }

  #flags(result: bigint): void {
    this.#zero = (result & MASK64) === 0n;
    this.#sign = signed(result) < 0n;
    this.#carry = false;
    this.#overflow = false;
  }

  /** The operands; `after`: bytes of constant that follow, for what is relative to the end. */
  #modRm(after = 0): { readonly reg: number; readonly place: Place } {
    const byte = this.#fetch(1);
    const reg = ((byte >> 3) & 7) | ((this.#rex & 4) << 1);
    const mode = byte >> 6;
    const low = byte & 7;
    if (mode === 3) return { reg, place: registerPlace(this, low | ((this.#rex & 1) << 3)) };
    if (mode === 0 && low === 5) {
      const distance = this.#fetchDistance();
      return { reg, place: memoryPlace(this.memory, this.rip + after + distance) };
    }
    if (low === 4 && this.#fetch(1) !== 0x24) throw new Error("an index register");
    const distance = mode === 0 ? 0 : Number(this.#fetchSigned(mode === 1 ? 1 : 4));
    const base = this.get(low | ((this.#rex & 1) << 3));
    return { reg, place: memoryPlace(this.memory, Number(base) + distance) };
  }

  #size(): number {
    return (this.#rex & 8) !== 0 ? 8 : this.#word ? 2 : 4;
  }

  #port(): number {
    return Number(this.get(RDX) & 0xffffn);
  }

  #push(value: bigint): void {
    this.set(RSP, this.get(RSP) - 8n);
    this.memory.write(Number(this.get(RSP)), 8, value);
  }

  #pop(): bigint {
    const value = this.memory.read(Number(this.get(RSP)), 8);
    this.set(RSP, this.get(RSP) + 8n);
    return value;
  }

  #fetch(bytes: number): number {
    const value = this.memory.readSmall(this.rip, bytes);
    this.rip += bytes;
    return value;
  }

  #fetchBig(bytes: number): bigint {
    const value = this.memory.read(this.rip, bytes);
    this.rip += bytes;
    return value;
  }

  /** 32 bits with sign. */
  #fetchDistance(): number {
    return this.#fetch(4) | 0;
  }

  #fetchSigned(bytes: number): bigint {
    return BigInt.asIntN(8 * bytes, this.#fetchBig(bytes));
  }
}
