import { at, If, Label, rax, rbp, rbx, rcx, rdi } from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";
import { own, Private, Shared, shared } from "./layout.ts";
import {
  Address,
  BMC_CHANNEL,
  Errno,
  Ipmi,
  Message,
  Req,
  SYSTEM_INTERFACE,
  Sys,
  syscall,
} from "./linux.ts";
import { Kind, REQUEST_HEADER_BYTES } from "./records.ts";
import type { Runtime } from "./runtime.ts";
import type { Waiting } from "./waiting.ts";

/** After a refusal the actor rests, so that a loop of refusals leaves the processor to others. */
const REFUSED_PAUSE_US = 1_000;
/** Where netFn, LUN and command lie in a request's payload, behind its id. */
const Payload = { netFn: 4, lun: 5, cmd: 6 } as const;

/** Handing requests to the message handler. */
export class Sending {
  /** rsi: netFn, lun, cmd, data; ecx: data's length. rax = the request's id, 0 when refused. */
  readonly send = new Label("send");
  readonly #runtime: Runtime;
  readonly #waiting: Waiting;

  constructor(runtime: Runtime, waiting: Waiting) {
    this.#runtime = runtime;
    this.#waiting = waiting;
  }

  emit(a: Assembler): void {
    const full = new Label("send: full");
    const refused = new Label("send: refused");
    const none = new Label("send: none");
    const over = new Label("send: over");
    a.bind(this.send);
    a.push(rbx);
    a.push(rbp);
    a.mov(rbp, rcx);
    this.#waiting.checkRoom(a, full);
    this.#reportRequest(a);
    fillRequest(a);
    a.load(rdi, own(Private.IpmiFile));
    syscall(a, Sys.Ioctl, rdi, Ipmi.SendCommand, own(Private.Req));
    a.test(rax, rax);
    a.jcc(If.Negative, refused);
    this.#waiting.add(a);
    a.store(own(Private.Payload), rbx, 32);
    this.#runtime.reportFixed(a, Kind.Accepted, 4);
    a.mov(rax, rbx);
    a.bind(over);
    a.pop(rbp);
    a.pop(rbx);
    a.ret();

    a.bind(refused);
    a.neg(rax);
    a.store(own(Private.Payload), rbx, 32);
    a.store(own(Private.Payload + 4), rax, 32);
    this.#runtime.reportFixed(a, Kind.Refused, 8);
    a.jmp(none);
    a.bind(full);
    a.mov(rax, -Errno.Enobufs);
    a.call(this.#runtime.outcome);
    a.bind(none);
    a.mov(rdi, REFUSED_PAUSE_US);
    a.call(this.#runtime.sleepFor);
    a.mov(rax, 0);
    a.jmp(over);
  }

  /** rbx becomes the request's id; the request at rsi with rbp bytes of data is the payload. */
  #reportRequest(a: Assembler): void {
    a.mov(rbx, 1);
    a.lockXadd(shared(Shared.NextId), rbx);
    a.store(own(Private.Payload), rbx, 32);
    a.lea(rdi, own(Private.Payload + Payload.netFn));
    a.lea(rcx, at(rbp, REQUEST_HEADER_BYTES - Payload.netFn));
    a.repMovsb();
    a.mov(rdi, Kind.Request);
    a.lea(rcx, at(rbp, REQUEST_HEADER_BYTES));
    a.call(this.#runtime.report);
  }
}

/** The structures for the request in the payload, whose id is rbx, with rbp bytes of data. */
function fillRequest(a: Assembler): void {
  a.storeConstant32(own(Private.Address + Address.type), SYSTEM_INTERFACE);
  a.load(rax, own(Private.Payload + Payload.lun), 8);
  a.shl(rax, 16);
  a.or(rax, BMC_CHANNEL);
  a.store(own(Private.Address + Address.channel), rax, 32);
  a.lea(rax, own(Private.Address));
  a.store(own(Private.Req + Req.address), rax);
  a.mov(rax, Address.systemInterfaceBytes);
  a.store(own(Private.Req + Req.addressBytes), rax);
  a.store(own(Private.Req + Req.msgid), rbx);
  const message = Private.Req + Req.message;
  a.load(rax, own(Private.Payload + Payload.netFn), 8);
  a.store(own(message + Message.netFn), rax, 8);
  a.load(rax, own(Private.Payload + Payload.cmd), 8);
  a.store(own(message + Message.cmd), rax, 8);
  a.store(own(message + Message.dataBytes), rbp, 16);
  a.lea(rax, own(Private.Payload + REQUEST_HEADER_BYTES));
  a.store(own(message + Message.data), rax);
}
