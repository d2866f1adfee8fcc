import { If, Label, rax, rcx, rdi, rdx, rsi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import { closeKept, type Files } from "./files.ts";
import { FILE_BYTES_MAX, own, Private, Shared, shared } from "./layout.ts";
import { Errno, Ipmi, Open, SIGKILL, Sys, syscall } from "./linux.ts";
import {
  type CopyFile,
  type InsertModule,
  type Message,
  numberedSteps,
  type RemoveModule,
  type SetPci,
  type Step,
  type WaitForFile,
  type WriteFile,
} from "./program.ts";
import { type Receiving, WaitFor } from "./receiving.ts";
import type { Runtime } from "./runtime.ts";
import type { Sending } from "./sending.ts";

/** What the code of steps calls. */
export interface Routines {
  readonly runtime: Runtime;
  readonly sending: Sending;
  readonly receiving: Receiving;
  readonly files: Files;
  /** The number of an actor's process. */
  readonly processOf: (actor: string) => number;
}

/** An IPMI message has at most 272 bytes, two of them NetFn/LUN and command. */
const DATA_BYTES_MAX = 270;
/** Readable and writable for its owner alone. */
const OWNER_ONLY = 0o600;
const STEPS_MAX = 0xffff;
/** delete_module() must not wait until the module's users are gone. */
const DELETE_NON_BLOCKING = 0x800;

/** A repetition whose code is begun. */
interface OpenLoop {
  /** Number of the first step behind it. */
  readonly after: number;
  close(): void;
}

/** Emits the code of a process's steps, in their order; it falls through at the end. */
export function emitSteps(
  a: Assembler,
  routines: Routines,
  process: number,
  steps: readonly Step[],
): void {
  const numbered = numberedSteps(steps);
  assert(numbered.length <= STEPS_MAX, "a step's number fits 16 bits");
  const open: OpenLoop[] = [];
  for (const { number, step, after } of numbered) {
    closeLoops(open, number);
    a.storeConstant32(shared(Shared.Steps + 4 * process), number);
    switch (step.step) {
      case "repeat":
        open.push({ after, close: emitRepeat(a, step.times) });
        break;
      case "repeat-until":
        open.push({ after, close: emitRepeatUntil(a, routines, step.us) });
        break;
      default:
        emitStep(a, routines, step);
    }
  }
  closeLoops(open, numbered.length + 1);
}

type PlainStep = Exclude<Step, { readonly steps: readonly Step[] }>;
type MessageStep = Extract<
  PlainStep,
  { readonly step: "request" | "send" | "collect" | "receive" | "events" }
>;
type OwnFileStep = Extract<
  PlainStep,
  { readonly step: "open-ipmi" | "close-ipmi" | "open-file" | "write-open-file" | "close-file" }
>;

function emitStep(a: Assembler, routines: Routines, step: PlainStep): void {
  const { runtime, files } = routines;
  switch (step.step) {
    case "sleep":
      a.mov(rdi, checkedTime(step.us));
      a.call(runtime.sleepFor);
      break;
    case "sleep-until":
      a.mov(rdi, checkedTime(step.us));
      a.load(rax, shared(Shared.StartUs));
      a.add(rdi, rax);
      a.call(runtime.sleepUntil);
      break;
    case "request":
    case "send":
    case "collect":
    case "receive":
    case "events":
      emitMessageStep(a, routines, step);
      break;
    case "open-ipmi":
    case "close-ipmi":
    case "open-file":
    case "write-open-file":
    case "close-file":
      emitOwnFileStep(a, step);
      a.call(runtime.outcome);
      break;
    case "read-file":
      a.lea(rdi, a.text(step.path));
      a.call(files.read);
      break;
    case "copy-file":
    case "write-file":
    case "wait-for-file":
    case "insert-module":
    case "remove-module":
    case "set-pci":
      emitSystemStep(a, files, step);
      a.call(runtime.outcome);
      break;
    case "tell":
      a.mov(rax, 0);
      a.call(runtime.outcome);
      break;
    case "kill":
      emitKill(a, runtime, routines.processOf(step.actor));
      a.call(runtime.outcome);
      break;
  }
}

/** Where a function and a register of its configuration are named, and where that one then is. */
const PciPort = { Address: 0xcf8, Data: 0xcfc } as const;
const PCI_ENABLED = 0x8000_0000;

/** The ports are open to who writes to the mailbox. The result in rax is that all went well. */
function emitSetPci(a: Assembler, { slot, offset, value }: SetPci): void {
  for (const [port, written] of [
    [PciPort.Address, PCI_ENABLED + slot * 0x800 + offset],
    [PciPort.Data, value],
  ] as const) {
    a.mov(rdx, port);
    a.mov(rax, written);
    a.out32();
  }
  a.mov(rax, 0);
}

/**
 * Ends a process that the first one started; the result is in rax. Nobody is killed in the middle of
 * a report. A process that is over has no id there any more, and 0 would mean everybody.
 */
function emitKill(a: Assembler, runtime: Runtime, process: number): void {
  assert(process > 0, "it is an actor who is killed");
  const over = new Label("kill: over");
  const nobody = new Label("kill: nobody");
  a.call(runtime.lock);
  a.load(rdi, shared(Shared.Pids + 4 * process), 32);
  a.test(rdi, rdi);
  a.jcc(If.Equal, nobody);
  syscall(a, Sys.Kill, rdi, SIGKILL);
  a.jmp(over);
  a.bind(nobody);
  a.mov(rax, -Errno.Esrch);
  a.bind(over);
  a.push(rax);
  runtime.unlock(a);
  a.pop(rax);
}

function emitMessageStep(a: Assembler, routines: Routines, step: MessageStep): void {
  const { runtime, sending, receiving } = routines;
  switch (step.step) {
    case "request":
      emitRequest(a, routines, step, step.timeoutUs);
      break;
    case "send":
      loadMessage(a, step);
      a.call(sending.send);
      break;
    case "collect":
      a.mov(rdi, checkedTime(step.timeoutUs));
      a.mov(rsi, WaitFor.AllAnswers);
      a.call(receiving.receive);
      break;
    case "receive":
      a.mov(rdi, checkedTime(step.forUs));
      a.mov(rsi, WaitFor.Time);
      a.call(receiving.receive);
      break;
    case "events":
      a.storeConstant32(own(Private.Integer), step.on ? 1 : 0);
      a.load(rdi, own(Private.IpmiFile));
      syscall(a, Sys.Ioctl, rdi, Ipmi.SetGetsEvents, own(Private.Integer));
      a.call(runtime.outcome);
      break;
  }
}

function emitRequest(
  a: Assembler,
  { sending, receiving }: Routines,
  message: Message,
  timeoutUs: number,
): void {
  const refused = new Label("request: refused");
  loadMessage(a, message);
  a.call(sending.send);
  a.test(rax, rax);
  a.jcc(If.Equal, refused);
  a.mov(rsi, rax);
  a.mov(rdi, checkedTime(timeoutUs));
  a.call(receiving.receive);
  a.bind(refused);
}

/** The message as `Sending.send` wants it. */
function loadMessage(a: Assembler, { netFn, lun, cmd, data }: Message): void {
  assert(data.length <= DATA_BYTES_MAX, "a request's data fits into a message");
  assert([netFn, lun, cmd].every(isByte), "netFn, LUN and command are bytes");
  a.lea(rsi, a.data(Uint8Array.of(netFn, lun, cmd, ...data)));
  a.mov(rcx, data.length);
}

/** Acts on a file that the process keeps open; the result is in rax. */
function emitOwnFileStep(a: Assembler, step: OwnFileStep): void {
  switch (step.step) {
    case "open-ipmi":
      emitClose(a, Private.IpmiFile);
      syscall(a, Sys.Open, a.text(step.path), Open.ReadWrite, 0);
      a.store(own(Private.IpmiFile), rax);
      break;
    case "close-ipmi":
      emitClose(a, Private.IpmiFile);
      break;
    case "open-file":
      emitClose(a, Private.OpenFile);
      syscall(a, Sys.Open, a.text(step.path), Open.WriteOnly, 0);
      a.store(own(Private.OpenFile), rax);
      break;
    case "write-open-file":
      a.load(rdi, own(Private.OpenFile));
      syscall(a, Sys.Write, rdi, a.text(step.text), step.text.length);
      break;
    case "close-file":
      emitClose(a, Private.OpenFile);
      break;
  }
}

/** Moves a file's bytes through the place where reports are made; the result is in rax. */
function emitCopyFile(a: Assembler, { from, prefix, path }: CopyFile): void {
  const failed = new Label("copy-file: failed");
  const bytes = new TextEncoder().encode(prefix);
  for (const [index, byte] of bytes.entries()) {
    a.mov(rax, byte);
    a.store(own(Private.Payload + index), rax, 8);
  }
  syscall(a, Sys.Open, a.text(from), Open.ReadOnly, 0);
  a.test(rax, rax);
  a.jcc(If.Negative, failed);
  a.push(rax);
  const room = FILE_BYTES_MAX - bytes.length;
  syscall(a, Sys.Read, rax, own(Private.Payload + bytes.length), room);
  closeKept(a);
  a.test(rax, rax);
  a.jcc(If.Negative, failed);
  a.add(rax, bytes.length);
  a.push(rax);
  syscall(a, Sys.Open, a.text(path), Open.WriteOnly | Open.Create, OWNER_ONLY);
  a.pop(rdx);
  a.test(rax, rax);
  a.jcc(If.Negative, failed);
  a.push(rax);
  syscall(a, Sys.Write, rax, own(Private.Payload), rdx);
  closeKept(a);
  a.bind(failed);
}

/** Closes what the field holds, if anything; the result is in rax. */
function emitClose(a: Assembler, field: number): void {
  a.load(rdi, own(field));
  syscall(a, Sys.Close);
  a.mov(rcx, -1);
  a.store(own(field), rcx);
}

/** Acts on what all processes see; the result is in rax. */
function emitSystemStep(
  a: Assembler,
  files: Files,
  step: CopyFile | WriteFile | WaitForFile | InsertModule | RemoveModule | SetPci,
): void {
  switch (step.step) {
    case "write-file":
      a.lea(rdi, a.text(step.path));
      a.lea(rsi, a.text(step.text));
      a.mov(rdx, step.text.length);
      a.call(files.write);
      break;
    case "wait-for-file":
      a.lea(rdi, a.text(step.path));
      a.mov(rsi, checkedTime(step.limitUs));
      a.call(files.waitFor);
      break;
    case "insert-module":
      a.lea(rdi, a.text(step.path));
      a.lea(rsi, a.text(step.parameters));
      a.call(files.insertModule);
      break;
    case "remove-module":
      syscall(a, Sys.DeleteModule, a.text(step.name), DELETE_NON_BLOCKING);
      break;
    case "copy-file":
      emitCopyFile(a, step);
      break;
    case "set-pci":
      emitSetPci(a, step);
      break;
  }
}

/** Begins a loop; the function returned ends it. The rounds left are on the stack. */
function emitRepeat(a: Assembler, times: number): () => void {
  assert(Number.isSafeInteger(times) && times >= 1, "a loop has at least one round");
  a.mov(rax, times);
  const round = a.here("repeat");
  a.push(rax);
  return () => {
    a.pop(rax);
    a.sub(rax, 1);
    a.jcc(If.NotEqual, round);
  };
}

function emitRepeatUntil(a: Assembler, { runtime }: Routines, us: number): () => void {
  const over = new Label("repeat-until: over");
  const round = a.here("repeat-until");
  a.call(runtime.now);
  a.load(rcx, shared(Shared.StartUs));
  a.sub(rax, rcx);
  a.mov(rcx, checkedTime(us));
  a.cmp(rax, rcx);
  a.jcc(If.GreaterOrEqual, over);
  return () => {
    a.jmp(round);
    a.bind(over);
  };
}

/** Ends the loops that have no step left at `number`, the inner ones first. */
function closeLoops(open: OpenLoop[], number: number): void {
  for (let last = open.at(-1); last !== undefined && last.after <= number; last = open.at(-1)) {
    last.close();
    open.pop();
  }
}

/** A time that code can hold. */
export function checkedTime(us: number): number {
  assert(Number.isSafeInteger(us) && us >= 0, "a time is a whole number of microseconds");
  return us;
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xff;
}
