import { at, If, Label, r8, rax, rbp, rbx, rcx, rdi, rdx, rsi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import {
  Mailbox,
  mailboxBase,
  own,
  PROCESSES_MAX,
  Private,
  processNumber,
  Shared,
  shared,
  sharedBase,
} from "./layout.ts";
import { CLOCK_MONOTONIC, Sys, syscall, TIMER_ABSTIME } from "./linux.ts";
import { HEADER_BYTES, Header, Kind, MAGIC, MAIN } from "./records.ts";

/**
 * Where reports go: to the device's mailbox, or to file descriptor 1, so that the same program runs
 * as a plain process on the developer's machine.
 */
export type Output = "port" | "fd";

const LOCK_PAUSE_NS = 100_000;
const SECOND_NS = 1_000_000_000;
/** After so many pauses it is worth a look whether the lock's owner still lives. */
const LOCK_TRIES = 1_000;
const STANDARD_OUTPUT = 1;

/** Time and reports: the routines that all others use. */
export class Runtime {
  /** rax = CLOCK_MONOTONIC in µs. */
  readonly now = new Label("now");
  /** rdi µs -> seconds and nanoseconds in `Private.Time`. */
  readonly toTime = new Label("toTime");
  /** Sleeps until rdi µs. */
  readonly sleepUntil = new Label("sleepUntil");
  /** Sleeps for rdi µs. */
  readonly sleepFor = new Label("sleepFor");
  /** Reports a record of kind edi with the payload's ecx bytes from `Private.Payload`. */
  readonly report = new Label("report");
  /** Reports what a step came to: rax negative is an error. Keeps rax. */
  readonly outcome = new Label("outcome");
  /** Until `unlock` no other process writes a report. */
  readonly lock = new Label("lock");
  readonly #write = new Label("write");
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  emit(a: Assembler): void {
    this.#emitTime(a);
    this.#emitReport(a);
    this.#emitOutcome(a);
    this.#emitLock(a);
    this.#emitWrite(a);
  }

  /** Reports `kind` with a payload of `bytes` that is in place. */
  reportFixed(a: Assembler, kind: Kind, bytes: number): void {
    a.mov(rdi, kind);
    a.mov(rcx, bytes);
    a.call(this.report);
  }

  unlock(a: Assembler): void {
    a.mov(rax, MAIN);
    a.store(shared(Shared.Owner), rax, 32);
    a.mov(rax, 0);
    a.xchg32(shared(Shared.Lock), rax);
  }

  #emitTime(a: Assembler): void {
    a.bind(this.now);
    syscall(a, Sys.ClockGettime, CLOCK_MONOTONIC, own(Private.Time));
    a.load(rax, own(Private.Time + 8));
    a.mov(rdx, 0);
    a.mov(rcx, 1_000);
    a.div(rcx);
    a.load(rcx, own(Private.Time));
    a.imul(rcx, rcx, 1_000_000);
    a.add(rax, rcx);
    a.ret();

    a.bind(this.toTime);
    a.mov(rax, rdi);
    a.mov(rdx, 0);
    a.mov(rcx, 1_000_000);
    a.div(rcx);
    a.store(own(Private.Time), rax);
    a.imul(rdx, rdx, 1_000);
    a.store(own(Private.Time + 8), rdx);
    a.ret();

    a.bind(this.sleepUntil);
    a.call(this.toTime);
    syscall(a, Sys.ClockNanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, own(Private.Time), 0);
    a.ret();

    a.bind(this.sleepFor);
    a.call(this.toTime);
    syscall(a, Sys.Nanosleep, own(Private.Time), 0);
    a.ret();
  }

  /** The time is taken under the lock, so that times never go back in the stream. */
  #emitReport(a: Assembler): void {
    a.bind(this.report);
    a.push(rbx);
    a.push(rbp);
    a.lea(rbx, own(Private.Record));
    a.mov(rbp, rcx);
    a.mov(rax, MAGIC);
    a.store(at(rbx), rax, 8);
    a.store(at(rbx, Header.payloadBytes), rbp, 16);
    a.store(at(rbx, Header.kind), rdi, 8);
    a.store(at(rbx, Header.process), processNumber, 8);
    a.mov(rax, processNumber);
    a.shl(rax, 2);
    a.add(rax, sharedBase);
    a.load(rax, at(rax, Shared.Steps), 32);
    a.store(at(rbx, Header.step), rax, 16);
    a.call(this.lock);
    a.call(this.now);
    a.store(at(rbx, Header.timeUs), rax);
    a.call(this.#write);
    this.unlock(a);
    a.pop(rbp);
    a.pop(rbx);
    a.ret();
  }

  #emitOutcome(a: Assembler): void {
    const failed = new Label("outcome: failed");
    a.bind(this.outcome);
    a.push(rax);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    this.reportFixed(a, Kind.StepDone, 0);
    a.pop(rax);
    a.ret();

    a.bind(failed);
    a.neg(rax);
    a.store(own(Private.Payload), rax, 32);
    this.reportFixed(a, Kind.StepFailed, 4);
    a.pop(rax);
    a.ret();
  }

  /**
   * A process can lose the processor between any two bytes that it writes, so reports need a lock.
   * Whoever waits sleeps: with one processor the owner cannot go on while others try. On a busy machine
   * an owner may be without the processor for long; only of one that is over, and was collected, the lock
   * is taken. The first process and the clock are never over before the others.
   */
  #emitLock(a: Assembler): void {
    const owned = new Label("lock: owned");
    const pausing = new Label("lock: pausing");
    const pause = a.data(timeOf(LOCK_PAUSE_NS));
    a.bind(this.lock);
    a.mov(r8, LOCK_TRIES);
    const again = a.here("lock: again");
    a.mov(rax, 1);
    a.xchg32(shared(Shared.Lock), rax);
    a.test(rax, rax);
    a.jcc(If.Equal, owned);
    a.sub(r8, 1);
    a.jcc(If.NotEqual, pausing);
    a.mov(r8, LOCK_TRIES);
    a.load(rax, shared(Shared.Owner), 32);
    a.cmp(rax, PROCESSES_MAX);
    a.jcc(If.AboveOrEqual, pausing);
    a.shl(rax, 2);
    a.add(rax, sharedBase);
    a.load(rax, at(rax, Shared.Pids), 32);
    a.test(rax, rax);
    a.jcc(If.Equal, owned);
    a.bind(pausing);
    syscall(a, Sys.Nanosleep, pause, 0);
    a.jmp(again);
    a.bind(owned);
    a.store(shared(Shared.Owner), processNumber, 32);
    a.ret();
  }

  /** Adds the last byte to the record at rbx, whose payload has rbp bytes, and sends it. */
  #emitWrite(a: Assembler): void {
    a.bind(this.#write);
    a.add(rbp, HEADER_BYTES);
    a.mov(rsi, rbx);
    a.mov(rcx, rbp);
    a.mov(rax, 0);
    const next = a.here("write: next");
    a.load(rdx, at(rsi), 8);
    a.sub(rax, rdx);
    a.add(rsi, 1);
    a.sub(rcx, 1);
    a.jcc(If.NotEqual, next);
    a.store(at(rsi), rax, 8);
    a.lea(rcx, at(rbp, 1));
    a.mov(rsi, rbx);
    if (this.#output === "port") {
      a.lea(rdx, at(mailboxBase, Mailbox.Report));
      a.mov(rax, rcx);
      a.shr(rcx, 2);
      a.repOuts(32);
      a.mov(rcx, rax);
      a.and(rcx, 3);
      a.repOuts(8);
    } else {
      a.mov(rdx, rcx);
      syscall(a, Sys.Write, STANDARD_OUTPUT, rsi, rdx);
    }
    a.ret();
  }
}

/** A span as seconds and nanoseconds. */
export function timeOf(ns: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(ns / SECOND_NS), true);
  view.setUint32(8, ns % SECOND_NS, true);
  return bytes;
}
