import { at, If, Label, rax, rbp, rbx, rcx, rdi, rdx, rsi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import type { Files } from "./files.ts";
import {
  Mailbox,
  mailboxBase,
  own,
  Private,
  processNumber,
  Shared,
  shared,
  sharedBase,
} from "./layout.ts";
import {
  PR_SET_NAME,
  PR_SET_PDEATHSIG,
  SCHED_FIFO,
  SIGCHLD,
  SIGKILL,
  Sys,
  syscall,
  WNOHANG,
} from "./linux.ts";
import { CLOCK, Kind } from "./records.ts";
import type { Output, Runtime } from "./runtime.ts";

/** A signal set that holds SIGCHLD alone. */
export const CHILD_SIGNALS = Uint8Array.of(0, 0, 1 << (SIGCHLD - 17), 0, 0, 0, 0, 0);
/** All I/O ports. */
const ALL_PORTS = 3;
const NOT_PRINTABLE = /[^\x20-\x7e]/g;
const LOWEST_REAL_TIME = Uint8Array.of(1, 0, 0, 0);

/** Starting processes and waiting for them. */
export class Processes {
  /**
   * Waits for all processes that were started, until rdi µs at the latest. Reports those that died
   * otherwise than by their end, and those that are not over then. rax = how many are not over.
   */
  readonly awaitAll = new Label("awaitAll");
  /** What each process does first; rbx holds its number. */
  readonly #begin = new Label("begin");
  readonly #runtime: Runtime;
  readonly #output: Output;
  /** How many processes can be waited for; their numbers are below. */
  readonly #count: number;

  constructor(runtime: Runtime, output: Output, count: number) {
    this.#runtime = runtime;
    this.#output = output;
    this.#count = count;
  }

  emit(a: Assembler): void {
    this.#emitBegin(a);
    this.#emitAwaitAll(a);
  }

  /** Starts a process that will be waited for. */
  start(a: Assembler, process: number, body: Label): void {
    a.mov(rbx, process);
    syscall(a, Sys.Fork);
    a.test(rax, rax);
    a.jcc(If.Equal, body);
    a.store(shared(Shared.Pids + 4 * process), rax, 32);
  }

  /** Starts the clock, for which nobody waits. */
  startClock(a: Assembler, body: Label): void {
    a.mov(rbx, CLOCK);
    syscall(a, Sys.Fork);
    a.test(rax, rax);
    a.jcc(If.Equal, body);
  }

  /** The beginning of a process's code. The kernel's complaints will name the process so. */
  enter(a: Assembler, name: string): void {
    a.call(this.#begin);
    syscall(a, Sys.Prctl, PR_SET_NAME, a.text(name.replace(NOT_PRINTABLE, "?")));
  }

  /** The end of a process's code. */
  leave(a: Assembler): void {
    this.#runtime.reportFixed(a, Kind.ActorDone, 0);
    syscall(a, Sys.Exit, 0);
  }

  /**
   * The clock's code. It must not wait behind busy work, and never tries to catch up. With `files` it
   * asks for orders.
   */
  emitClock(a: Assembler, tickUs: number, files: Files | undefined): void {
    const onTime = new Label("clock: on time");
    this.enter(a, "clock");
    syscall(a, Sys.SchedSetscheduler, 0, SCHED_FIFO, a.data(LOWEST_REAL_TIME));
    a.call(this.#runtime.now);
    a.mov(rbx, rax);
    const next = a.here("clock: next");
    a.add(rbx, tickUs);
    a.mov(rdi, rbx);
    a.call(this.#runtime.sleepUntil);
    a.call(this.#runtime.now);
    a.mov(rbp, rax);
    if (this.#output === "port") {
      a.lea(rdx, at(mailboxBase, Mailbox.Tick));
      a.out32();
    } else {
      this.#runtime.reportFixed(a, Kind.Tick, 0);
    }
    if (files !== undefined) this.#emitObey(a, files);
    a.sub(rbp, rbx);
    a.cmp(rbp, tickUs);
    a.jcc(If.Below, onTime);
    a.add(rbx, rbp);
    a.bind(onTime);
    a.jmp(next);
  }

  /** Panics when that is ordered: whoever writes to that file never comes back. */
  #emitObey(a: Assembler, files: Files): void {
    assert(this.#output === "port", "orders come from the mailbox");
    const none = new Label("clock: no order");
    a.lea(rdx, at(mailboxBase, Mailbox.Order));
    a.in32();
    a.test(rax, rax);
    a.jcc(If.Equal, none);
    a.lea(rdi, a.text("/proc/sysrq-trigger"));
    a.lea(rsi, a.text("c"));
    a.mov(rdx, 1);
    a.call(files.write);
    a.bind(none);
  }

  /** Port privileges are each process's own; whoever is left dies with the first process. */
  #emitBegin(a: Assembler): void {
    a.bind(this.#begin);
    a.mov(processNumber, rbx);
    if (this.#output === "port") syscall(a, Sys.Iopl, ALL_PORTS);
    syscall(a, Sys.Prctl, PR_SET_PDEATHSIG, SIGKILL);
    a.ret();
  }

  /**
   * A process can hang in the kernel for ever, or be killed by it without a last word. So nobody is
   * waited for by name: SIGCHLD or the time ends the sleep, and what has ended is collected.
   */
  #emitAwaitAll(a: Assembler): void {
    const wait = new Label("awaitAll: wait");
    const found = new Label("awaitAll: found");
    const late = new Label("awaitAll: late");
    const over = new Label("awaitAll: over");
    a.bind(this.awaitAll);
    a.push(rbx);
    a.push(rbp);
    a.mov(rbp, rdi);
    const collect = a.here("awaitAll: collect");
    syscall(a, Sys.Wait4, -1, own(Private.Integer), WNOHANG, 0);
    a.cmp(rax, 0);
    a.jcc(If.LessOrEqual, wait);
    this.#eachProcess(a, () => {
      a.cmp(rdx, rax);
      a.jcc(If.Equal, found);
    });
    a.jmp(collect);
    a.bind(found);
    this.#emitEnded(a);
    a.jmp(collect);

    a.bind(wait);
    const someone = new Label("awaitAll: someone");
    this.#eachProcess(a, () => {
      a.test(rdx, rdx);
      a.jcc(If.NotEqual, someone);
    });
    a.mov(rax, 0);
    a.jmp(over);
    a.bind(someone);
    a.call(this.#runtime.now);
    a.mov(rdi, rbp);
    a.sub(rdi, rax);
    a.jcc(If.LessOrEqual, late);
    a.call(this.#runtime.toTime);
    syscall(a, Sys.RtSigtimedwait, a.data(CHILD_SIGNALS), 0, own(Private.Time), 8);
    a.jmp(collect);

    a.bind(late);
    this.#emitLate(a);
    a.bind(over);
    a.pop(rbp);
    a.pop(rbx);
    a.ret();
  }

  /** The process rbx ended: nobody waits for it any more; a status but 0 is reported. */
  #emitEnded(a: Assembler): void {
    const well = new Label("ended: well");
    a.mov(rdx, 0);
    a.store(at(rcx, Shared.Pids), rdx, 32);
    a.load(rax, own(Private.Integer), 32);
    a.test(rax, rax);
    a.jcc(If.Equal, well);
    a.store(own(Private.Payload), rbx, 32);
    a.store(own(Private.Payload + 4), rax, 32);
    this.#runtime.reportFixed(a, Kind.Died, 8);
    a.bind(well);
  }

  /** Reports each process that is not over and waits for it no more; counts them in rax. */
  #emitLate(a: Assembler): void {
    a.mov(rbp, 0);
    this.#eachProcess(a, (skip) => {
      a.test(rdx, rdx);
      a.jcc(If.Equal, skip);
      a.mov(rdx, 0);
      a.store(at(rcx, Shared.Pids), rdx, 32);
      a.load(rdx, at(rcx, Shared.Steps), 32);
      a.store(own(Private.Payload), rbx, 32);
      a.store(own(Private.Payload + 4), rdx, 32);
      this.#runtime.reportFixed(a, Kind.Unfinished, 8);
      a.add(rbp, 1);
    });
    a.mov(rax, rbp);
  }

  /**
   * Runs code for each process: rbx its number, rdx its process id, rcx the place from which its
   * entries in the shared tables have their offsets. It can jump to `skip` for the next one.
   */
  #eachProcess(a: Assembler, body: (skip: Label) => void): void {
    const skip = new Label("each process: skip");
    a.mov(rbx, 0);
    const next = a.here("each process: next");
    a.mov(rcx, rbx);
    a.shl(rcx, 2);
    a.add(rcx, sharedBase);
    a.load(rdx, at(rcx, Shared.Pids), 32);
    body(skip);
    a.bind(skip);
    a.add(rbx, 1);
    a.cmp(rbx, this.#count);
    a.jcc(If.Below, next);
  }
}
