import { at, If, Label, r8, rax, rbx, rcx, rdi, rdx } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { own, Private, privateBase, WAITING_MAX } from "./layout.ts";
import { Kind } from "./records.ts";
import type { Runtime } from "./runtime.ts";

/** The process's list of requests that are accepted and wait for their answers. */
export class Waiting {
  /** Takes the id edi off the list, if it is there. */
  readonly forget = new Label("forget");
  /** Reports all on the list as unanswered and empties it. */
  readonly giveUp = new Label("giveUp");
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  emit(a: Assembler): void {
    this.#emitForget(a);
    this.#emitGiveUp(a);
  }

  /** Goes to `full` when there is no room for one more. */
  checkRoom(a: Assembler, full: Label): void {
    a.load(rax, own(Private.WaitingCount));
    a.cmp(rax, WAITING_MAX);
    a.jcc(If.AboveOrEqual, full);
  }

  /** Puts the id rbx on the list. */
  add(a: Assembler): void {
    a.load(rax, own(Private.WaitingCount));
    a.mov(rcx, rax);
    a.shl(rcx, 2);
    a.add(rcx, privateBase);
    a.store(at(rcx, Private.Waiting), rbx, 32);
    a.add(rax, 1);
    a.store(own(Private.WaitingCount), rax);
  }

  #emitForget(a: Assembler): void {
    const absent = new Label("forget: absent");
    const found = new Label("forget: found");
    a.bind(this.forget);
    a.load(rcx, own(Private.WaitingCount));
    a.lea(r8, own(Private.Waiting));
    a.mov(rdx, rcx);
    const next = a.here("forget: next");
    a.test(rdx, rdx);
    a.jcc(If.Equal, absent);
    a.load(rax, at(r8), 32);
    a.cmp(rax, rdi);
    a.jcc(If.Equal, found);
    a.add(r8, 4);
    a.sub(rdx, 1);
    a.jmp(next);
    // The last one takes its place.
    a.bind(found);
    a.sub(rcx, 1);
    a.store(own(Private.WaitingCount), rcx);
    a.shl(rcx, 2);
    a.add(rcx, privateBase);
    a.load(rax, at(rcx, Private.Waiting), 32);
    a.store(at(r8), rax, 32);
    a.bind(absent);
    a.ret();
  }

  #emitGiveUp(a: Assembler): void {
    const none = new Label("giveUp: none");
    a.bind(this.giveUp);
    a.load(rcx, own(Private.WaitingCount));
    a.test(rcx, rcx);
    a.jcc(If.Equal, none);
    a.load(rdi, own(Private.Waiting), 32);
    a.store(own(Private.Payload), rdi, 32);
    a.call(this.forget);
    this.#runtime.reportFixed(a, Kind.Unanswered, 4);
    a.jmp(this.giveUp);
    a.bind(none);
    a.ret();
  }
}
