import { If, Label, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { FILE_BYTES_MAX, own, Private } from "./layout.ts";
import { Errno, Open, Sys, syscall } from "./linux.ts";
import { Kind } from "./records.ts";
import { type Runtime, timeOf } from "./runtime.ts";

const LOOK_AGAIN_NS = 2_000_000;

/** Files and modules. Each routine gives its result in rax, negative for an error. */
export class Files {
  /** Writes rdx bytes at rsi to the file named at rdi. */
  readonly write = new Label("file: write");
  /** Reports the first bytes of the file named at rdi. */
  readonly read = new Label("file: read");
  /** Waits at most rsi µs until the file named at rdi is there. */
  readonly waitFor = new Label("file: waitFor");
  /** Inserts the module in the file named at rdi with the parameters at rsi. */
  readonly insertModule = new Label("file: insertModule");
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  emit(a: Assembler): void {
    this.#emitWrite(a);
    this.#emitRead(a);
    this.#emitWaitFor(a);
    this.#emitInsertModule(a);
  }

  #emitWrite(a: Assembler): void {
    const failed = new Label("file: write: failed");
    a.bind(this.write);
    a.mov(r8, rsi);
    a.mov(r9, rdx);
    syscall(a, Sys.Open, rdi, Open.WriteOnly, 0);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.push(rax);
    syscall(a, Sys.Write, rax, r8, r9);
    closeKept(a);
    a.bind(failed);
    a.ret();
  }

  #emitRead(a: Assembler): void {
    const failed = new Label("file: read: failed");
    a.bind(this.read);
    syscall(a, Sys.Open, rdi, Open.NonBlocking, 0);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.push(rax);
    syscall(a, Sys.Read, rax, own(Private.Payload), FILE_BYTES_MAX);
    closeKept(a);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.mov(rcx, rax);
    a.mov(rdi, Kind.File);
    a.jmp(this.#runtime.report);
    a.bind(failed);
    a.jmp(this.#runtime.outcome);
  }

  #emitWaitFor(a: Assembler): void {
    const over = new Label("file: waitFor: over");
    const pause = a.data(timeOf(LOOK_AGAIN_NS));
    a.bind(this.waitFor);
    a.push(rbx);
    a.push(rbp);
    a.mov(rbx, rdi);
    a.mov(rbp, rsi);
    a.call(this.#runtime.now);
    a.add(rbp, rax);
    const again = a.here("file: waitFor: again");
    syscall(a, Sys.Access, rbx, 0);
    a.test(rax, rax);
    a.jcc(If.Equal, over);
    syscall(a, Sys.Nanosleep, pause, 0);
    a.call(this.#runtime.now);
    a.cmp(rax, rbp);
    a.jcc(If.Less, again);
    a.mov(rax, -Errno.Etimedout);
    a.bind(over);
    a.pop(rbp);
    a.pop(rbx);
    a.ret();
  }

  #emitInsertModule(a: Assembler): void {
    const failed = new Label("file: insertModule: failed");
    a.bind(this.insertModule);
    a.mov(r8, rsi);
    syscall(a, Sys.Open, rdi, Open.ReadOnly, 0);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.push(rax);
    syscall(a, Sys.FinitModule, rax, r8, 0);
    closeKept(a);
    a.bind(failed);
    a.ret();
  }
}

/** Closes the file whose descriptor is on the stack; rax stays what it was. */
export function closeKept(a: Assembler): void {
  a.pop(rdi);
  a.push(rax);
  syscall(a, Sys.Close);
  a.pop(rax);
}
