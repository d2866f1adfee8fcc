import { at, If, Label, type Memory, r12, r13, r14, rax, rdi } from "../src/assembler/operands.ts";
import { Assembler } from "../src/assembler/x86-64.ts";
import { staticElf } from "../src/guest/elf.ts";
import {
  Address,
  BMC_CHANNEL,
  Ipmi,
  Message,
  Open,
  POLLIN,
  Recv,
  Req,
  SYSTEM_INTERFACE,
  Sys,
  syscall,
} from "../src/guest/linux.ts";

const RESPONSE_BYTES = 64;
/** A descriptor (4), what is waited for (2), what came (2). */
const POLL = { fd: 0, events: 4, bytes: 8 } as const;
/** Where everything lies behind one register. */
const AT = { address: 0, request: 64, received: 128, from: 192, data: 256, poll: 320, bytes: 384 };

/**
 * A program for x86-64 Linux that asks Get Device ID so many times, each when the one before is answered: what a
 * compiler makes of a loop in C. Ends with 0, or with 1 at the first call that fails.
 */
export function ipmiLoop(path: string, transactions: number): Uint8Array {
  const a = new Assembler();
  const failed = new Label("failed");
  const over = new Label("over");
  a.lea(r14, a.space(AT.bytes));
  syscall(a, Sys.Open, a.text(path), Open.ReadWrite, 0);
  a.mov(r12, rax);
  fill(a);
  a.mov(r13, transactions);
  const next = a.here("next");
  a.test(r13, r13);
  a.jcc(If.Equal, over);
  call(a, failed, Ipmi.SendCommand, at(r14, AT.request));
  syscall(a, Sys.Ppoll, at(r14, AT.poll), 1, 0, 0, 8);
  a.mov(rax, RESPONSE_BYTES);
  a.store(at(r14, AT.received + Recv.message + Message.dataBytes), rax, 32);
  a.mov(rax, Address.bytes);
  a.store(at(r14, AT.received + Recv.addressBytes), rax, 32);
  call(a, failed, Ipmi.ReceiveTruncate, at(r14, AT.received));
  a.sub(r13, 1);
  a.jmp(next);
  a.bind(failed);
  syscall(a, Sys.Exit, 1);
  a.bind(over);
  syscall(a, Sys.Exit, 0);
  return staticElf(a.finish());
}

/** What stays the same from one request to the next. */
function fill(a: Assembler): void {
  const put = (offset: number, value: number) => a.storeConstant32(at(r14, offset), value);
  const point = (offset: number, to: number) => {
    a.lea(rax, at(r14, to));
    a.store(at(r14, offset), rax);
  };
  put(AT.address + Address.type, SYSTEM_INTERFACE);
  put(AT.address + Address.channel, BMC_CHANNEL);
  point(AT.request + Req.address, AT.address);
  put(AT.request + Req.addressBytes, Address.systemInterfaceBytes);
  // NetFn 06h, command 01h, no data.
  put(AT.request + Req.message + Message.netFn, 0x0106);
  point(AT.received + Recv.address, AT.from);
  point(AT.received + Recv.message + Message.data, AT.data);
  a.store(at(r14, AT.poll + POLL.fd), r12, 32);
  put(AT.poll + POLL.events, POLLIN);
}

function call(a: Assembler, failed: Label, request: number, argument: Memory): void {
  a.mov(rdi, r12);
  syscall(a, Sys.Ioctl, rdi, request, argument);
  a.test(rax, rax);
  a.jcc(If.Negative, failed);
}
