import { assert } from "../assert.ts";
import {
  type Control,
  type If,
  isSigned32,
  Label,
  Memory,
  Register,
  type Width,
} from "./operands.ts";

/** Number of the operation in the group that takes an immediate (opcodes 81h and 83h). */
const Arithmetic = { Add: 0, Or: 1, And: 4, Sub: 5, Xor: 6, Cmp: 7 } as const;
type Arithmetic = (typeof Arithmetic)[keyof typeof Arithmetic];

const LOW = 7;

/**
 * Assembles position independent x86-64 code: jumps and data are relative to the instruction, so
 * the bytes run wherever they are put. Only the instructions that guest programs and the crash-time
 * executor need; the names are the processor manual's. Jumps always have 32-bit distances.
 */
export class Assembler {
  readonly #code: number[] = [];
  readonly #fixups: { readonly at: number; readonly label: Label }[] = [];
  readonly #data = new Map<string, { readonly label: Label; readonly bytes: Uint8Array }>();

  /** Binds `label` to the present place. */
  bind(label: Label): void {
    label.bind(this.#code.length);
  }

  /** A label at the present place. */
  here(name: string): Label {
    const label = new Label(name);
    this.bind(label);
    return label;
  }

  /** Constant data behind the code; equal bytes are stored once. */
  data(bytes: Uint8Array): Label {
    const key = bytes.join();
    const known = this.#data.get(key);
    if (known !== undefined) return known.label;
    const label = new Label(`data ${this.#data.size}`);
    this.#data.set(key, { label, bytes });
    return label;
  }

  /** ASCII text with the zero byte that ends a C string. */
  text(text: string): Label {
    return this.data(Uint8Array.from([...text, "\0"], asciiCode));
  }

  /** Bytes behind the code, zero at first, that nobody else is given. */
  space(length: number): Label {
    const label = new Label("space");
    this.#data.set(`space ${this.#data.size}`, { label, bytes: new Uint8Array(length) });
    return label;
  }

  /** A place outside of the code, so many bytes from its start: in the program that it is put into. */
  outside(name: string, distance: number): Label {
    assert(isSigned32(distance), "a distance fits 32 bits with sign");
    const label = new Label(name);
    label.bind(distance);
    return label;
  }

  /** The code with its data behind it. */
  finish(): Uint8Array {
    for (const { label, bytes } of this.#data.values()) {
      this.bind(label);
      for (const byte of bytes) this.#code.push(byte);
    }
    const image = Uint8Array.from(this.#code);
    const view = new DataView(image.buffer);
    for (const { at, label } of this.#fixups) {
      view.setInt32(at, label.offset - (at + 4), true);
    }
    return image;
  }

  mov(to: Register, from: Register | number): void {
    if (from instanceof Register) this.#encode([0x89], from.code, to);
    else this.#movConstant(to, from);
  }

  /** Reads `width` bits; what is narrower than the register is extended with zeros. */
  load(to: Register, from: Memory | Label, width: Width = 64): void {
    if (width === 8) this.#encode([0x0f, 0xb6], to.code, from, 32);
    else if (width === 16) this.#encode([0x0f, 0xb7], to.code, from, 32);
    else this.#encode([0x8b], to.code, from, width);
  }

  store(to: Memory | Label, from: Register, width: Width = 64): void {
    this.#encode([width === 8 ? 0x88 : 0x89], from.code, to, width);
  }

  /** Stores a 32-bit constant. */
  storeConstant32(to: Memory, value: number): void {
    assert(value >= 0 && value <= 0xffff_ffff, "a 32-bit constant has no sign");
    this.#encode([0xc7], 0, to, 32);
    this.#immediate(value, 4);
  }

  lea(to: Register, from: Memory | Label): void {
    this.#encode([0x8d], to.code, from);
  }

  add(to: Register, from: Register | number): void {
    this.#arithmetic(Arithmetic.Add, to, from);
  }

  or(to: Register, from: Register | number): void {
    this.#arithmetic(Arithmetic.Or, to, from);
  }

  and(to: Register, from: Register | number): void {
    this.#arithmetic(Arithmetic.And, to, from);
  }

  sub(to: Register, from: Register | number): void {
    this.#arithmetic(Arithmetic.Sub, to, from);
  }

  xor(to: Register, from: Register | number): void {
    this.#arithmetic(Arithmetic.Xor, to, from);
  }

  cmp(left: Register, right: Register | number): void {
    this.#arithmetic(Arithmetic.Cmp, left, right);
  }

  test(left: Register, right: Register): void {
    this.#encode([0x85], right.code, left);
  }

  neg(register: Register): void {
    this.#encode([0xf7], 3, register);
  }

  shl(register: Register, places: number): void {
    this.#shift(4, register, places);
  }

  shr(register: Register, places: number): void {
    this.#shift(5, register, places);
  }

  /** `to` = `from` times a constant. */
  imul(to: Register, from: Register, factor: number): void {
    assert(isSigned32(factor), "a factor fits 32 bits with sign");
    this.#encode([0x69], to.code, from);
    this.#immediate(factor, 4);
  }

  /** rdx:rax by `divisor`, without sign: quotient in rax, remainder in rdx. */
  div(divisor: Register): void {
    this.#encode([0xf7], 6, divisor);
  }

  push(register: Register): void {
    this.#rex(false, 0, register.code);
    this.#emit(0x50 | (register.code & LOW));
  }

  pop(register: Register): void {
    this.#rex(false, 0, register.code);
    this.#emit(0x58 | (register.code & LOW));
  }

  /** Swaps 32 bits with memory in one step that no other process can see between. */
  xchg32(memory: Memory, register: Register): void {
    this.#encode([0x87], register.code, memory, 32);
  }

  /** Adds a register to memory in one step; the register gets the value from before. */
  lockXadd(memory: Memory, register: Register): void {
    this.#emit(0xf0);
    this.#encode([0x0f, 0xc1], register.code, memory);
  }

  jmp(target: Label | Register): void {
    if (target instanceof Register) {
      this.#encode([0xff], 4, target, 32);
    } else {
      this.#emit(0xe9);
      this.#relative(target);
    }
  }

  jcc(condition: If, target: Label): void {
    this.#emit(0x0f, 0x80 | condition);
    this.#relative(target);
  }

  call(target: Label): void {
    this.#emit(0xe8);
    this.#relative(target);
  }

  ret(): void {
    this.#emit(0xc3);
  }

  syscall(): void {
    this.#emit(0x0f, 0x05);
  }

  /** Reads a byte from port dx into al. */
  in8(): void {
    this.#emit(0xec);
  }

  /** Reads 16 bits from port dx into ax. */
  in16(): void {
    this.#emit(0x66, 0xed);
  }

  /** Reads 32 bits from port dx into eax. */
  in32(): void {
    this.#emit(0xed);
  }

  /** Writes al to port dx. */
  out8(): void {
    this.#emit(0xee);
  }

  /** Writes ax to port dx. */
  out16(): void {
    this.#emit(0x66, 0xef);
  }

  /** Writes eax to port dx. */
  out32(): void {
    this.#emit(0xef);
  }

  /** No interrupt is taken from here on. */
  cli(): void {
    this.#emit(0xfa);
  }

  /** String instructions go upwards. */
  cld(): void {
    this.#emit(0xfc);
  }

  /** The processor may rest a little: it is in a loop that waits. */
  pause(): void {
    this.#emit(0xf3, 0x90);
  }

  /** The time stamp counter in edx:eax. */
  rdtsc(): void {
    this.#emit(0x0f, 0x31);
  }

  /** What is asked by eax of the processor in eax, ebx, ecx and edx. */
  cpuid(): void {
    this.#emit(0x0f, 0xa2);
  }

  /** Reads a control register. Privileged. */
  loadControl(to: Register, control: Control): void {
    this.#encode([0x0f, 0x20], control, to, 32);
  }

  /** Writes a control register; CR3 has all translations forgotten. Privileged. */
  storeControl(control: Control, from: Register): void {
    this.#encode([0x0f, 0x22], control, from, 32);
  }

  /** Reads rcx bytes, or groups of four, from port dx to [rdi...]. */
  repIns(width: 8 | 32): void {
    this.#emit(0xf3, width === 8 ? 0x6c : 0x6d);
  }

  /** Writes rcx bytes, or groups of four, from [rsi...] to port dx. */
  repOuts(width: 8 | 32): void {
    this.#emit(0xf3, width === 8 ? 0x6e : 0x6f);
  }

  /** Copies rcx bytes from [rsi...] to [rdi...]. */
  repMovsb(): void {
    this.#emit(0xf3, 0xa4);
  }

  #shift(direction: 4 | 5, register: Register, places: number): void {
    assert(places > 0 && places < 64, "a shift is 1..63 places");
    this.#encode([0xc1], direction, register);
    this.#emit(places);
  }

  /** The shortest of the three forms. */
  #movConstant(to: Register, value: number): void {
    assert(Number.isSafeInteger(value), "an immediate value is a safe integer");
    if (value >= 0 && value <= 0xffff_ffff) {
      this.#rex(false, 0, to.code);
      this.#emit(0xb8 | (to.code & LOW));
      this.#immediate(value, 4);
    } else if (isSigned32(value)) {
      this.#encode([0xc7], 0, to);
      this.#immediate(value, 4);
    } else {
      this.#rex(true, 0, to.code);
      this.#emit(0xb8 | (to.code & LOW));
      this.#immediate(value, 8);
    }
  }

  #arithmetic(operation: Arithmetic, to: Register, from: Register | number): void {
    if (from instanceof Register) {
      this.#encode([(operation << 3) | 1], from.code, to);
      return;
    }
    assert(isSigned32(from), "an operand fits 32 bits with sign");
    const short = isSigned8(from);
    this.#encode([short ? 0x83 : 0x81], operation, to);
    this.#immediate(from, short ? 1 : 4);
  }

  /** Prefixes, opcode, ModRM and what follows it. `reg` is a register or an opcode's extension. */
  #encode(
    opcode: readonly number[],
    reg: number,
    rm: Register | Memory | Label,
    width: Width = 64,
  ): void {
    const base = rm instanceof Memory ? rm.base.code : rm instanceof Register ? rm.code : 0;
    if (width === 16) this.#emit(0x66);
    // Without a prefix the codes 4..7 of a byte register mean ah..bh and not spl..dil.
    this.#rex(width === 64, reg, base, width === 8 && reg >= 4);
    this.#emit(...opcode);
    if (rm instanceof Memory) {
      this.#memory(reg, rm);
    } else if (rm instanceof Register) {
      this.#emit(0xc0 | ((reg & LOW) << 3) | (base & LOW));
    } else {
      this.#emit(((reg & LOW) << 3) | 5);
      this.#relative(rm);
    }
  }

  #memory(reg: number, { base, offset }: Memory): void {
    const low = base.code & LOW;
    // The pattern of rbp and r13 without a displacement means something else.
    const mode = offset === 0 && low !== 5 ? 0 : isSigned8(offset) ? 1 : 2;
    this.#emit((mode << 6) | ((reg & LOW) << 3) | low);
    if (low === 4) this.#emit(0x24);
    if (mode === 1) this.#immediate(offset, 1);
    if (mode === 2) this.#immediate(offset, 4);
  }

  #rex(wide: boolean, reg: number, base: number, always = false): void {
    const bits = (wide ? 8 : 0) | (reg >= 8 ? 4 : 0) | (base >= 8 ? 1 : 0);
    if (bits !== 0 || always) this.#emit(0x40 | bits);
  }

  #relative(label: Label): void {
    this.#fixups.push({ at: this.#code.length, label });
    this.#immediate(0, 4);
  }

  #immediate(value: number, bytes: 1 | 4 | 8): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let index = 0; index < bytes; index++) {
      this.#emit(Number(rest & 0xffn));
      rest >>= 8n;
    }
  }

  #emit(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#code.push(byte);
  }
}

function isSigned8(value: number): boolean {
  return Number.isInteger(value) && value >= -0x80 && value <= 0x7f;
}

function asciiCode(character: string): number {
  const code = character.charCodeAt(0);
  assert(code < 0x80, "text for the guest is ASCII");
  return code;
}
