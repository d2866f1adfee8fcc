import { describe, expect, test } from "vitest";
import {
  at,
  Control,
  If,
  Label,
  Register,
  r8,
  r9,
  r10,
  r12,
  r13,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
} from "../../src/assembler/operands.ts";
import { Assembler } from "../../src/assembler/x86-64.ts";
import { BrokenInvariant } from "../../src/assert.ts";

/** What the processor's manual says each instruction is made of, in its own notation. */
const VECTORS: readonly (readonly [string, (a: Assembler) => void, string])[] = [
  ["mov rdi,rax", (a) => a.mov(rdi, rax), "48 89 c7"],
  ["mov r8,rsp", (a) => a.mov(r8, rsp), "49 89 e0"],
  ["mov rsp,r15", (a) => a.mov(rsp, r15), "4c 89 fc"],
  ["mov eax,0x3c", (a) => a.mov(rax, 0x3c), "b8 3c 00 00 00"],
  ["mov r10d,0xffffffff", (a) => a.mov(r10, 0xffff_ffff), "41 ba ff ff ff ff"],
  ["mov rdi,-1", (a) => a.mov(rdi, -1), "48 c7 c7 ff ff ff ff"],
  ["mov r8,-0x80000000", (a) => a.mov(r8, -0x8000_0000), "49 c7 c0 00 00 00 80"],
  ["movabs rax,2^32", (a) => a.mov(rax, 2 ** 32), "48 b8 00 00 00 00 01 00 00 00"],
  ["movabs r9,2^53-1", (a) => a.mov(r9, 2 ** 53 - 1), "49 b9 ff ff ff ff ff ff 1f 00"],
  ["movabs rcx,-2^31-1", (a) => a.mov(rcx, -0x8000_0001), "48 b9 ff ff ff 7f ff ff ff ff"],
  ["mov rax,[rbx]", (a) => a.load(rax, at(rbx)), "48 8b 03"],
  ["mov rax,[r12]", (a) => a.load(rax, at(r12)), "49 8b 04 24"],
  ["mov rax,[rbp]", (a) => a.load(rax, at(rbp)), "48 8b 45 00"],
  ["mov r15d,[r12+0x10]", (a) => a.load(r15, at(r12, 16), 32), "45 8b 7c 24 10"],
  ["mov rcx,[r13-0x80]", (a) => a.load(rcx, at(r13, -0x80)), "49 8b 4d 80"],
  ["mov rcx,[rsp+0x80]", (a) => a.load(rcx, at(rsp, 0x80)), "48 8b 8c 24 80 00 00 00"],
  ["movzx eax,word [r12+4]", (a) => a.load(rax, at(r12, 4), 16), "41 0f b7 44 24 04"],
  ["movzx edx,byte [rsi]", (a) => a.load(rdx, at(rsi), 8), "0f b6 16"],
  ["mov [r12+8],rax", (a) => a.store(at(r12, 8), rax), "49 89 44 24 08"],
  ["mov [rcx+0x800],edx", (a) => a.store(at(rcx, 0x800), rdx, 32), "89 91 00 08 00 00"],
  ["mov [r12+4],ax", (a) => a.store(at(r12, 4), rax, 16), "66 41 89 44 24 04"],
  ["mov [rbx+1],bp", (a) => a.store(at(rbx, 1), rbp, 16), "66 89 6b 01"],
  ["mov [rbx],al", (a) => a.store(at(rbx), rax, 8), "88 03"],
  ["mov [rbx+3],dil", (a) => a.store(at(rbx, 3), rdi, 8), "40 88 7b 03"],
  ["mov [rbx+4],r13b", (a) => a.store(at(rbx, 4), r13, 8), "44 88 6b 04"],
  ["mov dword [r12],7", (a) => a.storeConstant32(at(r12), 7), "41 c7 04 24 07 00 00 00"],
  ["lea rcx,[rbp+7]", (a) => a.lea(rcx, at(rbp, 7)), "48 8d 4d 07"],
  ["lea rdx,[r15+0x2c]", (a) => a.lea(rdx, at(r15, 0x2c)), "49 8d 57 2c"],
  ["add rax,rcx", (a) => a.add(rax, rcx), "48 01 c8"],
  ["add rsi,1", (a) => a.add(rsi, 1), "48 83 c6 01"],
  ["add rbx,0x2710", (a) => a.add(rbx, 0x2710), "48 81 c3 10 27 00 00"],
  ["or rax,0xf", (a) => a.or(rax, 0xf), "48 83 c8 0f"],
  ["and r15,-4", (a) => a.and(r15, -4), "49 83 e7 fc"],
  ["sub rsp,0x40", (a) => a.sub(rsp, 0x40), "48 83 ec 40"],
  ["xor rax,1", (a) => a.xor(rax, 1), "48 83 f0 01"],
  ["xor rax,rdx", (a) => a.xor(rax, rdx), "48 31 d0"],
  ["cmp rax,r8", (a) => a.cmp(rax, r8), "4c 39 c0"],
  ["cmp rax,0x80", (a) => a.cmp(rax, 0x80), "48 81 f8 80 00 00 00"],
  ["test rax,rax", (a) => a.test(rax, rax), "48 85 c0"],
  ["neg rax", (a) => a.neg(rax), "48 f7 d8"],
  ["shl rcx,2", (a) => a.shl(rcx, 2), "48 c1 e1 02"],
  ["shr rcx,2", (a) => a.shr(rcx, 2), "48 c1 e9 02"],
  ["imul rcx,rcx,1000000", (a) => a.imul(rcx, rcx, 1_000_000), "48 69 c9 40 42 0f 00"],
  ["div rcx", (a) => a.div(rcx), "48 f7 f1"],
  ["push rbx", (a) => a.push(rbx), "53"],
  ["push r12", (a) => a.push(r12), "41 54"],
  ["pop rbp", (a) => a.pop(rbp), "5d"],
  ["pop r9", (a) => a.pop(r9), "41 59"],
  ["xchg [r12],eax", (a) => a.xchg32(at(r12), rax), "41 87 04 24"],
  ["lock xadd [r12+8],rbx", (a) => a.lockXadd(at(r12, 8), rbx), "f0 49 0f c1 5c 24 08"],
  ["jmp rbx", (a) => a.jmp(rbx), "ff e3"],
  ["jmp r8", (a) => a.jmp(r8), "41 ff e0"],
  ["ret", (a) => a.ret(), "c3"],
  ["syscall", (a) => a.syscall(), "0f 05"],
  ["in al,dx", (a) => a.in8(), "ec"],
  ["in ax,dx", (a) => a.in16(), "66 ed"],
  ["out dx,ax", (a) => a.out16(), "66 ef"],
  ["cpuid", (a) => a.cpuid(), "0f a2"],
  ["mov rax,cr3", (a) => a.loadControl(rax, Control.Tables), "0f 20 d8"],
  ["mov r9,cr4", (a) => a.loadControl(r9, Control.Extensions), "41 0f 20 e1"],
  ["mov cr3,rbx", (a) => a.storeControl(Control.Tables, rbx), "0f 22 db"],
  ["in eax,dx", (a) => a.in32(), "ed"],
  ["out dx,eax", (a) => a.out32(), "ef"],
  ["rep insb", (a) => a.repIns(8), "f3 6c"],
  ["rep insd", (a) => a.repIns(32), "f3 6d"],
  ["rep outsb", (a) => a.repOuts(8), "f3 6e"],
  ["rep outsd", (a) => a.repOuts(32), "f3 6f"],
  ["out dx,al", (a) => a.out8(), "ee"],
  ["cli", (a) => a.cli(), "fa"],
  ["cld", (a) => a.cld(), "fc"],
  ["pause", (a) => a.pause(), "f3 90"],
  ["rdtsc", (a) => a.rdtsc(), "0f 31"],
  ["rep movsb", (a) => a.repMovsb(), "f3 a4"],
];

// Goal: each form that code can be made of has the manual's bytes. Method: one vector for each
// form, and one for each of the exceptions of the encoding: r12 and rsp as base, rbp and r13 as
// base without offset, byte registers that need a prefix, short and long constants.
test.each(VECTORS)("%s", (_name, emit, bytes) => {
  const a = new Assembler();
  emit(a);
  expect(hex(a.finish())).toBe(bytes);
});

describe("labels", () => {
  test("jumps and calls count from the instruction's end, in both directions", () => {
    const a = new Assembler();
    const forward = new Label("forward");
    const back = a.here("back");
    a.jmp(forward);
    a.jcc(If.NotEqual, back);
    a.call(back);
    a.bind(forward);
    expect(hex(a.finish())).toBe("e9 0b 00 00 00 0f 85 f5 ff ff ff e8 f0 ff ff ff");
  });

  test("data lies behind the code, is relative to it, and equal data is stored once", () => {
    const a = new Assembler();
    a.lea(rsi, a.text("ab"));
    a.lea(rdi, a.data(Uint8Array.of(9)));
    a.lea(r8, a.text("ab"));
    expect(hex(a.finish())).toBe(
      "48 8d 35 0e 00 00 00 48 8d 3d 0a 00 00 00 4c 8d 05 00 00 00 00 61 62 00 09",
    );
  });

  test("a place outside of the code lies at its distance from the start", () => {
    const a = new Assembler();
    a.jmp(a.outside("before", -16));
    a.store(a.outside("behind", 64), rsp);
    expect(hex(a.finish())).toBe("e9 eb ff ff ff 48 89 25 34 00 00 00");
  });

  test("each space is its own, and begins with zeros", () => {
    const a = new Assembler();
    a.lea(rax, a.space(2));
    a.lea(rcx, a.space(2));
    expect(hex(a.finish())).toBe("48 8d 05 07 00 00 00 48 8d 0d 02 00 00 00 00 00 00 00");
  });

  test("conditions have the manual's numbers", () => {
    const names = Object.entries(If).map(([name, number]) => `${number.toString(16)} ${name}`);
    expect(names).toEqual([
      "2 Below",
      "3 AboveOrEqual",
      "4 Equal",
      "5 NotEqual",
      "6 BelowOrEqual",
      "7 Above",
      "8 Negative",
      "9 NotNegative",
      "c Less",
      "d GreaterOrEqual",
      "e LessOrEqual",
      "f Greater",
    ]);
  });
});

test.each<readonly [string, (a: Assembler) => void]>([
  ["a label that is never bound", (a) => a.jmp(new Label("nowhere"))],
  ["a label that is bound twice", (a) => a.bind(a.here("here"))],
  ["a register that does not exist", () => new Register(16)],
  ["an offset beyond 32 bits", () => at(rax, 0x8000_0000)],
  ["an operand beyond 32 bits", (a) => a.add(rax, 0x8000_0000)],
  ["a factor beyond 32 bits", (a) => a.imul(rax, rax, 0x8000_0000)],
  ["a fraction", (a) => a.mov(rax, 0.5)],
  ["a constant beyond what is exact", (a) => a.mov(rax, 2 ** 53)],
  ["a negative 32-bit constant", (a) => a.storeConstant32(at(rax), -1)],
  ["a shift by 64", (a) => a.shl(rax, 64)],
  ["a shift by nothing", (a) => a.shr(rax, 0)],
  ["text that is not ASCII", (a) => a.text("\u{e9}")],
])("refuses %s", (_name, emit) => {
  const a = new Assembler();
  expect(() => {
    emit(a);
    a.finish();
  }).toThrow(BrokenInvariant);
});

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
