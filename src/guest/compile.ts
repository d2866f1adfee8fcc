import { Label, rax, rdi } from "../assembler/operands.ts";
import { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import { Files } from "./files.ts";
import {
  own,
  PRIVATE_BYTES,
  PROCESSES_MAX,
  Private,
  privateBase,
  processNumber,
  SHARED_BYTES,
  Shared,
  shared,
  sharedBase,
} from "./layout.ts";
import { Mapping, Open, Reboot, SIG_BLOCK, Sys, syscall } from "./linux.ts";
import { CHILD_SIGNALS, Processes } from "./processes.ts";
import { type GuestProgram, processOf } from "./program.ts";
import { Receiving } from "./receiving.ts";
import { Kind, MAIN } from "./records.ts";
import { type Output, Runtime } from "./runtime.ts";
import { Sending } from "./sending.ts";
import { checkedTime, emitSteps } from "./steps.ts";
import { Waiting } from "./waiting.ts";

/** A tick that comes more often would leave no time for work. */
const TICK_US_MIN = 100;
const TICK_US_MAX = 1_000_000;

/**
 * Makes a guest program machine code: position independent, entered at its first byte, on a page
 * that can be read and executed. With output to the port, r15 holds where BAR 0 begins.
 */
export function compileGuest(program: GuestProgram, output: Output = "port"): Uint8Array {
  const { tickUs, actors } = program;
  assert(actors.length < PROCESSES_MAX, "the guest has room for the actors");
  assert(
    tickUs === 0 || (tickUs >= TICK_US_MIN && tickUs <= TICK_US_MAX),
    "ticks are 0.1..1000 ms",
  );
  const a = new Assembler();
  const runtime = new Runtime(output);
  const waiting = new Waiting(runtime);
  const sending = new Sending(runtime, waiting);
  const receiving = new Receiving(runtime, waiting);
  const files = new Files(runtime);
  const processes = new Processes(runtime, output, actors.length + 1);
  const bodies = [{ name: "setup", steps: program.setup }, ...actors].map((actor, process) => ({
    ...actor,
    label: new Label(`process ${process}`),
  }));
  const routines = {
    ...{ runtime, sending, receiving, files },
    processOf: (actor: string) => processOf(program, actor),
  };
  emitMain(a, { program, runtime, processes, files, bodies });
  for (const [process, { name, steps, label }] of bodies.entries()) {
    a.bind(label);
    processes.enter(a, name);
    emitSteps(a, routines, process, steps);
    a.call(waiting.giveUp);
    processes.leave(a);
  }
  for (const part of [runtime, waiting, sending, receiving, files, processes]) part.emit(a);
  return a.finish();
}

interface Main {
  readonly program: GuestProgram;
  readonly runtime: Runtime;
  readonly processes: Processes;
  readonly files: Files;
  /** The set-up, then the actors. */
  readonly bodies: readonly { readonly label: Label }[];
}

/**
 * The first process: it starts the others, waits for them within limits, and has the last word; only
 * the clock, which nobody waits for, may tick after it.
 */
function emitMain(a: Assembler, { program, runtime, processes, files, bodies }: Main): void {
  const [setup, ...actors] = bodies;
  assert(setup !== undefined, "the set-up comes first");
  emitMemory(a);
  a.call(runtime.now);
  a.store(shared(Shared.StartUs), rax);
  syscall(a, Sys.RtSigprocmask, SIG_BLOCK, a.data(CHILD_SIGNALS), 0, 8);
  emitClock(a, program, processes, files);
  processes.start(a, 0, setup.label);
  a.load(rax, shared(Shared.StartUs));
  a.mov(rdi, checkedTime(program.setupLimitUs));
  a.add(rdi, rax);
  a.call(processes.awaitAll);
  emitReady(a, runtime);
  for (const [index, actor] of actors.entries()) processes.start(a, index + 1, actor.label);
  a.load(rax, shared(Shared.StartUs));
  a.mov(rdi, checkedTime(program.untilUs));
  a.add(rdi, rax);
  a.call(processes.awaitAll);
  runtime.reportFixed(a, Kind.AllDone, 0);
  emitEnd(a, program);
}

function emitMemory(a: Assembler): void {
  syscall(a, Sys.Mmap, 0, PRIVATE_BYTES, Mapping.ReadWrite, Mapping.Private, -1, 0);
  a.mov(privateBase, rax);
  syscall(a, Sys.Mmap, 0, SHARED_BYTES, Mapping.ReadWrite, Mapping.Shared, -1, 0);
  a.mov(sharedBase, rax);
  a.mov(processNumber, MAIN);
  a.mov(rax, -1);
  a.store(own(Private.IpmiFile), rax);
  a.store(own(Private.OpenFile), rax);
  a.mov(rax, 1);
  a.store(shared(Shared.NextId), rax);
}

function emitClock(
  a: Assembler,
  { tickUs, obeys }: GuestProgram,
  processes: Processes,
  files: Files,
): void {
  if (tickUs === 0) return;
  const clock = new Label("clock");
  const started = new Label("clock: started");
  processes.startClock(a, clock);
  a.jmp(started);
  a.bind(clock);
  processes.emitClock(a, tickUs, obeys === true ? files : undefined);
  a.bind(started);
}

/** rax: how many set-up processes are not over. */
function emitReady(a: Assembler, runtime: Runtime): void {
  a.xor(rax, 1);
  a.store(own(Private.Payload), rax, 8);
  a.call(runtime.now);
  a.store(shared(Shared.StartUs), rax);
  runtime.reportFixed(a, Kind.Ready, 1);
}

function emitEnd(a: Assembler, { opensAtEnd, atEnd }: GuestProgram): void {
  if (opensAtEnd !== undefined) {
    syscall(a, Sys.Open, a.text(opensAtEnd), Open.WriteOnly | Open.NonBlocking, 0);
    syscall(a, Sys.Close, rax);
  }
  if (atEnd === "exit") {
    syscall(a, Sys.Exit, 0);
  } else if (atEnd === "power-off") {
    syscall(a, Sys.Reboot, Reboot.Magic1, Reboot.Magic2, Reboot.PowerOff, 0);
  }
  const pause = a.here("pause");
  syscall(a, Sys.Pause);
  a.jmp(pause);
}
