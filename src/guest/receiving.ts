import { If, Label, rax, rbp, rbx, rcx, rdi, rsi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { own, Private } from "./layout.ts";
import { Address, Ipmi, Message, POLLIN, Recv, Sys, syscall } from "./linux.ts";
import { Kind, RECEIVED_HEADER_BYTES } from "./records.ts";
import type { Runtime } from "./runtime.ts";
import type { Waiting } from "./waiting.ts";

/** More than any message that the handler delivers (272). */
const RECEIVE_BYTES_MAX = 512;
/** Receive type of an answer to a request. */
const RESPONSE = 1;

/** What a receiving step waits for, if it is not one request's id. */
export const WaitFor = { AllAnswers: 0, Time: -1 } as const;

/** Receiving from the message handler. */
export class Receiving {
  /** Receives for rdi µs at most, until what rsi says is there: an id or a `WaitFor`. */
  readonly receive = new Label("receive");
  /** Waits until rbp µs for something to receive. rax: 0 when nothing came, negative: error. */
  readonly #poll = new Label("poll");
  /** Takes one message and reports it. rax negative: error; else rdi = its type, rsi = its id. */
  readonly #take = new Label("take");
  readonly #runtime: Runtime;
  readonly #waiting: Waiting;

  constructor(runtime: Runtime, waiting: Waiting) {
    this.#runtime = runtime;
    this.#waiting = waiting;
  }

  emit(a: Assembler): void {
    this.#emitReceive(a);
    this.#emitPoll(a);
    this.#emitTake(a);
  }

  #emitReceive(a: Assembler): void {
    const wait = new Label("receive: wait");
    const late = new Label("receive: late");
    const failed = new Label("receive: failed");
    const done = new Label("receive: done");
    a.bind(this.receive);
    a.push(rbx);
    a.push(rbp);
    a.mov(rbx, rsi);
    a.mov(rbp, rdi);
    a.call(this.#runtime.now);
    a.add(rbp, rax);
    const next = a.here("receive: next");
    a.test(rbx, rbx);
    a.jcc(If.NotEqual, wait);
    a.load(rax, own(Private.WaitingCount));
    a.test(rax, rax);
    a.jcc(If.Equal, done);
    a.bind(wait);
    a.call(this.#poll);
    a.test(rax, rax);
    a.jcc(If.Equal, late);
    a.jcc(If.Negative, failed);
    a.call(this.#take);
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.cmp(rdi, RESPONSE);
    a.jcc(If.NotEqual, next);
    a.cmp(rsi, rbx);
    a.jcc(If.NotEqual, next);
    a.jmp(done);
    a.bind(failed);
    a.call(this.#runtime.outcome);
    a.jmp(done);
    a.bind(late);
    this.#emitLate(a, done);
    a.bind(done);
    a.pop(rbp);
    a.pop(rbx);
    a.ret();
  }

  /** The time is over: what rbx stands for is not answered. */
  #emitLate(a: Assembler, done: Label): void {
    const one = new Label("late: one");
    a.cmp(rbx, 0);
    a.jcc(If.Less, done);
    a.jcc(If.NotEqual, one);
    a.call(this.#waiting.giveUp);
    a.jmp(done);
    a.bind(one);
    a.mov(rdi, rbx);
    a.call(this.#waiting.forget);
    a.store(own(Private.Payload), rbx, 32);
    this.#runtime.reportFixed(a, Kind.Unanswered, 4);
  }

  #emitPoll(a: Assembler): void {
    const late = new Label("poll: late");
    a.bind(this.#poll);
    a.call(this.#runtime.now);
    a.mov(rdi, rbp);
    a.sub(rdi, rax);
    a.jcc(If.LessOrEqual, late);
    a.call(this.#runtime.toTime);
    a.load(rax, own(Private.IpmiFile));
    a.store(own(Private.Poll), rax, 32);
    a.storeConstant32(own(Private.Poll + 4), POLLIN);
    syscall(a, Sys.Ppoll, own(Private.Poll), 1, own(Private.Time), 0);
    a.ret();
    a.bind(late);
    a.mov(rax, 0);
    a.ret();
  }

  #emitTake(a: Assembler): void {
    const failed = new Label("take: failed");
    const noAnswer = new Label("take: no answer");
    a.bind(this.#take);
    a.push(rbx);
    fillReceive(a);
    a.load(rdi, own(Private.IpmiFile));
    syscall(a, Sys.Ioctl, rdi, Ipmi.ReceiveTruncate, own(Private.Recv));
    a.test(rax, rax);
    a.jcc(If.Negative, failed);
    a.load(rbx, own(Private.Recv + Recv.type), 32);
    fillPayload(a);
    a.cmp(rbx, RESPONSE);
    a.jcc(If.NotEqual, noAnswer);
    a.call(this.#waiting.forget);
    a.bind(noAnswer);
    a.mov(rdi, Kind.Received);
    a.load(rcx, own(Private.Recv + Recv.message + Message.dataBytes), 16);
    a.add(rcx, RECEIVED_HEADER_BYTES);
    a.call(this.#runtime.report);
    a.mov(rax, 0);
    a.mov(rdi, rbx);
    a.load(rsi, own(Private.Recv + Recv.msgid), 32);
    a.bind(failed);
    a.pop(rbx);
    a.ret();
  }
}

/** The structure that says where a message's parts shall be put: its data behind the header. */
function fillReceive(a: Assembler): void {
  a.lea(rax, own(Private.Address));
  a.store(own(Private.Recv + Recv.address), rax);
  a.mov(rax, Address.bytes);
  a.store(own(Private.Recv + Recv.addressBytes), rax);
  a.mov(rax, RECEIVE_BYTES_MAX);
  a.store(own(Private.Recv + Recv.message + Message.dataBytes), rax, 16);
  a.lea(rax, own(Private.Payload + RECEIVED_HEADER_BYTES));
  a.store(own(Private.Recv + Recv.message + Message.data), rax);
}

/** The payload's header from what was received, whose type is rbx; rdi = the message's id. */
function fillPayload(a: Assembler): void {
  a.store(own(Private.Payload), rbx, 8);
  a.load(rax, own(Private.Recv + Recv.message + Message.netFn), 8);
  a.store(own(Private.Payload + 1), rax, 8);
  a.load(rax, own(Private.Recv + Recv.message + Message.cmd), 8);
  a.store(own(Private.Payload + 2), rax, 16);
  a.load(rdi, own(Private.Recv + Recv.msgid), 32);
  a.store(own(Private.Payload + 4), rdi, 32);
}
