import {
  at,
  If,
  Label,
  type Register,
  r8,
  r10,
  r11,
  r12,
  r15,
  rax,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
} from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { RESPONSE_BIT } from "../ipmi/message.ts";
import type { RegisterAccess } from "./access.ts";
import type { Stage } from "./results.ts";

/**
 * What every interface's code has round it. Registers, from one command's beginning to its end:
 * `rdi` the command's bytes, `rbx` how many; `rsi` the next byte, `r8` how many are left; `r9` the stack
 * as a try begins; `rbp` tries left; `r10` looks left to this try; `r11` the stage; `r12` the deadline in
 * ticks; `r13` the command's note; `r14` the boot parameters; `r15` looks of this command. `rax`, `rcx`
 * and `rdx` are everybody's.
 */
export interface Frame {
  readonly a: Assembler;
  /** Jumped to from any depth: this try came to nothing. */
  readonly failed: Label;
  /** Jumped to with the answer's length in `rsi`: it is in `answer`. */
  readonly answered: Label;
  /** Takes the first bytes of the answer. */
  readonly answer: Label;
  /** How many bytes `answer` takes. */
  readonly answerBytes: number;
  /** On a bus, the BMC's address there, of 7 bits. */
  readonly address: number;
  /** How fast the time stamp counter goes; 0 when it is not known. */
  readonly ticksPerMs: number;
  /** How the registers are reached. */
  readonly access: RegisterAccess;
  /** Where the status is that `look` reads. */
  readonly status: number;
  readonly look: Label;
}

/** Reads the register into `rax`. Spoils `rdx`. */
export function readRegister({ a, access }: Frame, register: number): void {
  a.mov(rdx, access.address(register));
  if (access.readsParts) a.xor(rax, rax);
  access.read(a);
}

/** Writes the byte in `rax`, or a constant, to the register. Spoils `rdx`. */
export function writeRegister({ a, access }: Frame, register: number, value?: number): void {
  if (value !== undefined) a.mov(rax, value);
  a.mov(rdx, access.address(register));
  access.write(a);
}

/** Goes to `label` when one of the bits of `rax` is set, or when none is. Spoils `rdx`. */
export function jumpOnBits({ a }: Frame, bits: number, are: "set" | "clear", label: Label): void {
  a.mov(rdx, rax);
  a.and(rdx, bits);
  a.jcc(are === "set" ? If.NotEqual : If.Equal, label);
}

/** The next byte is the request's first one. */
export function loadRequest({ a }: Frame): void {
  a.lea(rsi, at(rdi, Entry.Bytes));
  a.mov(r8, rbx);
}

/**
 * Compares the answer's NetFn/LUN and command with the request's: equal when it may be an answer to it.
 * Spoils `rax` and `rcx`. @see IPMI 2.0 §5.1
 */
export function compareAnswer({ a, answer }: Frame): void {
  a.load(rax, answer, 16);
  a.load(rcx, at(rdi, Entry.Bytes), 16);
  a.or(rcx, RESPONSE_BIT);
  a.cmp(rax, rcx);
}

/** From here on a try that fails has failed there. */
export function enterStage({ a }: Frame, stage: Stage): void {
  a.mov(r11, stage);
}

/** The time stamp counter in `rax`. Spoils `rdx`. */
export function readTicks(a: Assembler): void {
  a.rdtsc();
  a.shl(rdx, 32);
  a.or(rax, rdx);
}

/**
 * Emits `look`: the status in `rax`. A try whose looks are used up ends; when the time for all commands
 * is, or when two reads in a row are FFh, all of it does.
 */
export function emitLook(
  frame: Frame,
  { outOfTime, absent }: { readonly outOfTime: Label; readonly absent: Label },
): void {
  const { a, access, failed, look, status } = frame;
  const there = new Label("there");
  a.bind(look);
  a.add(r15, 1);
  a.sub(r10, 1);
  a.jcc(If.Equal, failed);
  a.pause();
  readTicks(a);
  a.cmp(rax, r12);
  a.jcc(If.AboveOrEqual, outOfTime);
  readRegister(frame, status);
  a.cmp(rax, NOTHING_THERE);
  a.jcc(If.NotEqual, there);
  access.read(a);
  a.cmp(rax, NOTHING_THERE);
  a.jcc(If.Equal, absent);
  a.bind(there);
  a.ret();
}

/** The byte in `al` is put behind the answer that there is; `length` counts also what has no room. Spoils `rcx`. */
export function storeAnswerByte({ a, answer, answerBytes }: Frame, length: Register): void {
  const full = new Label("full");
  a.cmp(length, answerBytes);
  a.jcc(If.AboveOrEqual, full);
  a.lea(rcx, answer);
  a.add(rcx, length);
  a.store(at(rcx), rax, 8);
  a.bind(full);
  a.add(length, 1);
}

/** Of one command, in the executor's table. */
export const COMMAND_BYTES_MAX = 255;

/** In the table of commands, before a command's bytes: how many, and whether it is sent once. */
export const Entry = { Length: 0, Once: 1, Bytes: 2 } as const;

const NOTHING_THERE = 0xff;
