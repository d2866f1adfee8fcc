import {
  at,
  If,
  Label,
  type Register,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
} from "../assembler/operands.ts";
import { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import { REQUEST_BYTES_MIN, RESPONSE_BYTES_MIN } from "../ipmi/message.ts";
import type { RegisterLocation } from "../wire/location.ts";
import { accessOf } from "./access.ts";
import type { CrashCommand } from "./commands.ts";
import {
  COMMAND_BYTES_MAX,
  compareAnswer,
  Entry,
  emitLook,
  enterStage,
  type Frame,
  readTicks,
} from "./frame.ts";
import { type ExecutorLocation, SPOKEN } from "./interfaces.ts";
import {
  EXTENT_BYTES,
  emitAddressCheck,
  emitGivenTables,
  emitOwnTables,
  ownTables,
} from "./own-tables.ts";
import {
  COMMANDS_MAX,
  FORMAT,
  HEADER_BYTES,
  Header,
  MAGIC,
  NOTE_BYTES,
  Note,
  Outcome,
  RESULTS_AT,
  Stage,
  TICKS_SHIFT,
} from "./results.ts";

/** How long the executor goes on, whatever the BMC does. */
export interface CrashBounds {
  /** For all commands together, in ticks of the time stamp counter. */
  readonly budgetTicks: number;
  /** How fast the counter goes, for whoever reads the results; 0 when it is not known. */
  readonly ticksPerMs: number;
  /** How often one try may read the status: an end also where the counter stands still. */
  readonly looks: number;
  /** How often one command is tried. */
  readonly tries: number;
  /** How often the status is read between two tries: the BMC may need a while to come round. */
  readonly restLooks: number;
}

export interface ExecutorParts {
  readonly location: ExecutorLocation;
  readonly commands: readonly CrashCommand[];
  readonly bounds: CrashBounds;
  /** Where it goes on: how far from the executor's first byte that lies. */
  readonly entry: number;
  /** The eight bytes that belong at the entry, and that a jump to the executor is in place of. */
  readonly saved: Uint8Array;
}

/** What a jump to the executor takes the place of. */
export const SAVED_BYTES = 8;
/** Of 64-bit values: all registers, and calls within calls. */
const STACK_BYTES = 8 * 21;
const ANSWER_BYTES = 8;
/** What is given back as it was: all but `rsp`, which has a place of its own. */
const GIVEN: readonly Register[] = [
  ...[rax, rcx, rdx, rbx, rbp, rsi, rdi],
  ...[r8, r9, r10, r11, r12, r13, r14, r15],
];

/**
 * The executor's code: sends the commands over the interface, notes in the boot parameters (`rsi`) what
 * came of each, puts back what its own way in had overwritten, and goes on there with all registers as
 * they were given. It has a stack of its own and runs wherever it is put, in 64-bit mode, with memory
 * mapped as it lies: its own bytes, the entry and the boot parameters are all that it touches, and the
 * registers, which nobody need have mapped.
 */
export function executorCode({
  location,
  commands,
  bounds,
  entry,
  saved,
}: ExecutorParts): Uint8Array {
  assert(commands.length >= 1 && commands.length <= COMMANDS_MAX, "the results have room for all");
  assert(saved.length === SAVED_BYTES, "eight bytes were saved");
  const { status, emit } = SPOKEN[location.kind];
  const a = new Assembler();
  const finished = new Label("finished");
  const stack = { rsp: a.space(8), low: a.space(STACK_BYTES) };
  const frame: Frame = {
    a,
    failed: new Label("failed"),
    answered: new Label("answered"),
    answer: a.space(ANSWER_BYTES),
    answerBytes: ANSWER_BYTES,
    ticksPerMs: bounds.ticksPerMs,
    address: "address" in location ? location.address : 0,
    access: accessOf(location),
    status,
    look: new Label("look"),
  };
  const start = a.here("start");
  emitEntry(a, stack, commands.length, bounds);
  const inMemory = location.at === "mem" ? { location, tables: ownTables(a) } : undefined;
  if (inMemory !== undefined) emitOwnTables(a, { start, ...inMemory });
  const loop = emitCommands(frame, commands, { bounds, location });
  emit(frame);
  emitAnswered(frame, loop);
  emitFailed(frame, bounds, loop);
  emitNote(frame, bounds, { ...loop, finished });
  a.bind(finished);
  if (inMemory !== undefined) emitGivenTables(a, inMemory.tables);
  emitExit(a, stack, { entry, saved });
  const code = a.finish();
  assert(code.length <= EXTENT_BYTES, "an executor is no longer than what its tables map");
  return code;
}

interface Stack {
  /** Takes the stack pointer that was given. */
  readonly rsp: Label;
  readonly low: Label;
}

function emitEntry(
  a: Assembler,
  stack: Stack,
  planned: number,
  { budgetTicks, ticksPerMs }: CrashBounds,
): void {
  a.cli();
  a.cld();
  a.store(stack.rsp, rsp);
  a.lea(rsp, stack.low);
  a.lea(rsp, at(rsp, STACK_BYTES));
  for (const register of GIVEN) a.push(register);
  a.mov(r9, rsp);
  a.mov(r14, rsi);
  a.lea(r13, at(rsi, RESULTS_AT));
  a.storeConstant32(at(r13, Header.Magic), MAGIC);
  a.storeConstant32(at(r13, Header.Format), FORMAT | (planned << 8));
  a.storeConstant32(at(r13, Header.TicksPerMs), ticksPerMs);
  a.add(r13, HEADER_BYTES);
  readTicks(a);
  a.mov(r12, budgetTicks);
  a.add(r12, rax);
}

/** The places of the loop over the commands. */
interface Loop {
  /** The command in `rdi` is begun. */
  readonly next: Label;
  /** Another try of it. */
  readonly again: Label;
  /** Its outcome is in `rdx`, its completion code in `rcx`. */
  readonly note: Label;
}

function emitCommands(
  { a }: Frame,
  commands: readonly CrashCommand[],
  { bounds, location }: Pick<ExecutorParts, "bounds" | "location">,
): Loop {
  const note = new Label("note");
  const table = commands.flatMap(({ bytes, once }) => {
    assert(bytes.length >= REQUEST_BYTES_MIN, "a command has a NetFn and a number");
    assert(bytes.length <= COMMAND_BYTES_MAX, "a command's length fits its table");
    return [bytes.length, once ? 1 : 0, ...bytes];
  });
  a.lea(rdi, a.data(Uint8Array.of(...table, 0)));
  const next = a.here("next");
  a.storeConstant32(at(r13, Note.Outcome), Outcome.NotTaken);
  a.load(rax, at(rdi, Entry.Bytes), 16);
  a.store(at(r13, Note.NetFnLun), rax, 32);
  a.load(rax, at(r14, RESULTS_AT + Header.Begun), 8);
  a.add(rax, 1);
  a.store(at(r14, RESULTS_AT + Header.Begun), rax, 8);
  a.mov(rbp, 0);
  a.mov(r15, 0);
  if (location.at === "mem") emitReach(a, location, note);
  a.load(rbx, at(rdi, Entry.Length), 8);
  const again = a.here("again");
  a.add(rbp, 1);
  a.mov(r10, bounds.looks);
  // Runs on into the interface's own code.
  return { next, again, note };
}

/** Registers at an address that this processor does not have are not touched. Spoils `rbx`, too. */
function emitReach(a: Assembler, location: RegisterLocation, note: Label): void {
  const within = new Label("within reach");
  a.mov(r11, 0);
  emitAddressCheck(a, location, within);
  a.mov(rdx, Outcome.NotMapped);
  a.mov(rcx, 0);
  a.jmp(note);
  a.bind(within);
}

/** Whether the answer is one to this command. */
function emitAnswered(frame: Frame, { note }: Loop): void {
  const { a, answered, answer, failed } = frame;
  a.bind(answered);
  enterStage(frame, Stage.Judging);
  a.cmp(rsi, RESPONSE_BYTES_MIN);
  a.jcc(If.Below, failed);
  compareAnswer(frame);
  a.jcc(If.NotEqual, failed);
  a.lea(rcx, answer);
  a.load(rcx, at(rcx, 2), 8);
  a.mov(rdx, Outcome.Answered);
  a.jmp(note);
}

/** Another try after a rest, or the command's outcome: by its note, what the furthest try came to. */
function emitFailed(frame: Frame, { tries, restLooks }: CrashBounds, { again, note }: Loop): void {
  const { a, failed, look } = frame;
  const untaken = new Label("untaken");
  const exhausted = new Label("exhausted");
  const nothing = new Label("nothing");
  a.bind(failed);
  a.mov(rsp, r9);
  a.cmp(r11, Stage.Sent);
  a.jcc(If.Below, untaken);
  a.storeConstant32(at(r13, Note.Outcome), Outcome.NotAnswered);
  a.load(rcx, at(rdi, Entry.Once), 8);
  a.test(rcx, rcx);
  a.jcc(If.NotEqual, exhausted);
  a.bind(untaken);
  a.cmp(rbp, tries);
  a.jcc(If.AboveOrEqual, exhausted);
  a.mov(r10, restLooks + 1);
  const rest = a.here("rest");
  a.cmp(r10, 1);
  a.jcc(If.Equal, again);
  a.call(look);
  a.jmp(rest);
  const outOfTime = a.here("out of time");
  a.mov(rdx, Outcome.OutOfTime);
  a.jmp(nothing);
  const absent = a.here("absent");
  a.mov(rdx, Outcome.Absent);
  a.jmp(nothing);
  a.bind(exhausted);
  a.load(rdx, at(r13, Note.Outcome), 8);
  a.bind(nothing);
  a.mov(rsp, r9);
  a.mov(rcx, 0);
  a.jmp(note);
  emitLook(frame, { outOfTime, absent });
}

/** What came of the command, and the next one, unless nothing more is to be had. */
function emitNote(
  { a }: Frame,
  { budgetTicks }: CrashBounds,
  { next, note, finished }: Loop & { readonly finished: Label },
): void {
  a.bind(note);
  a.store(at(r13, Note.Outcome), rdx, 8);
  a.store(at(r13, Note.CompletionCode), rcx, 8);
  a.store(at(r13, Note.Stage), r11, 8);
  a.store(at(r13, Note.Tries), rbp, 8);
  a.store(at(r13, Note.Looks), r15, 32);
  a.mov(rsi, rdx);
  readTicks(a);
  a.mov(rcx, budgetTicks);
  a.add(rax, rcx);
  a.sub(rax, r12);
  a.shr(rax, TICKS_SHIFT);
  a.store(at(r13, Note.Ticks), rax, 32);
  a.cmp(rsi, Outcome.Absent);
  a.jcc(If.AboveOrEqual, finished);
  a.add(r13, NOTE_BYTES);
  a.add(rdi, rbx);
  a.add(rdi, Entry.Bytes);
  a.load(rax, at(rdi, Entry.Length), 8);
  a.test(rax, rax);
  a.jcc(If.NotEqual, next);
}

function emitExit(
  a: Assembler,
  stack: Stack,
  { entry, saved }: Pick<ExecutorParts, "entry" | "saved">,
): void {
  const back = a.outside("entry", entry);
  a.load(rax, a.data(saved));
  a.store(back, rax);
  a.mov(rsp, r9);
  for (const register of [...GIVEN].reverse()) a.pop(register);
  a.load(rsp, stack.rsp);
  a.jmp(back);
}
