import { at, If, Label, r12, rax, rbp, rbx, rcx, rdi, rdx, rsp } from "../assembler/operands.ts";
import { Assembler } from "../assembler/x86-64.ts";
import { staticElf } from "./elf.ts";
import { MAILBOX_MAGIC, Mailbox, mailboxBase } from "./layout.ts";
import { Mapping, Open, Sys, syscall } from "./linux.ts";
import { DEVICE_FOLDER, findDevice, forgetDevice, type WriteFile } from "./program.ts";
import { timeOf } from "./runtime.ts";

/** The first registers of PCI configuration space. @see PCI Local Bus 3.0 §6.1 */
const Config = { Id: 0x00, Command: 0x04, Bar0: 0x10, Bar4: 0x20, bytes: 0x40 } as const;
/** The functions that the seat serves: the interface's own, and the bus's controller. */
const IPMI_ID = 0x10f0_1af4;
const SMBUS_ID = 0x2930_8086;
const IO_DECODING = 0x0001;
/** A BAR's low bits say what it is; the rest is the address. */
const BAR_FLAGS = 0x0003;
/** All I/O ports, not only those that the processor's bitmap can name cheaply. */
const ALL_PORTS = 3;
/** How long the loader sleeps when its device is not there; the machine may be stopped meanwhile. */
export const LOADER_SLEEPS_US = 2_500_000;
const PROGRAM_BYTES_MAX = 0x10_0000;
const STANDARD_ERROR = 2;
const MODE_DIRECTORY = 0o755;

/**
 * A watchdog's port, and the number which makes it expire after 2 s (QEMU's `ib700`). Who wants a
 * snapshot of the machine has it stopped then: the loader sleeps, the processor is halted, and so
 * it is no matter how long the machine takes to stop. Nobody else hears of it.
 */
const EXPIRY_PORT = 0x443;
const EXPIRES_IN_2_S = 14;

const CONFIG_PATH = `${DEVICE_FOLDER}/config`;
const NO_PROGRAM = "baseboard: the mailbox holds no program that can run\n";

export interface LoaderOptions {
  /**
   * A program of the guest will have the kernel look for the device once more. So even a device that
   * was there from the start is looked for by the kernel: both times the same ports are free.
   */
  readonly looksTwice?: boolean | undefined;
}

/**
 * The guest's /init: waits for the device with the mailbox, reads the guest program from it and
 * becomes that program, with the BAR's port in r15. The configuration space is reached through the
 * kernel, because the kernel uses the address and data ports too, and may be at it at that moment.
 */
export function loaderElf({ looksTwice = false }: LoaderOptions = {}): Uint8Array {
  const a = new Assembler();
  a.sub(rsp, Config.bytes);
  a.mov(r12, rsp);
  for (const [type, path] of [
    ["devtmpfs", "/dev"],
    ["proc", "/proc"],
    ["sysfs", "/sys"],
  ] as const) {
    syscall(a, Sys.Mkdir, a.text(path), MODE_DIRECTORY);
    syscall(a, Sys.Mount, a.text(type), a.text(path), a.text(type), 0, 0);
  }
  syscall(a, Sys.Iopl, ALL_PORTS);
  if (looksTwice) emitWriteFile(a, forgetDevice);
  emitWaitForMailbox(a);
  emitLoadProgram(a);
  return staticElf(a.finish());
}

/** Tries until the device is there, has an address and answers with the magic number. */
function emitWaitForMailbox(a: Assembler): void {
  const look = new Label("look");
  const found = new Label("found");
  const close = new Label("close");
  const ours = new Label("ours");
  const pauseTime = a.data(timeOf(LOADER_SLEEPS_US * 1_000));
  a.jmp(look);
  a.bind(close);
  syscall(a, Sys.Close, rbx);
  const pause = a.here("pause");
  a.mov(rdx, EXPIRY_PORT);
  a.mov(rax, EXPIRES_IN_2_S);
  a.out8();
  syscall(a, Sys.Nanosleep, pauseTime, 0);
  // The device came while the machine stood still, so nothing tells the kernel of it.
  emitWriteFile(a, findDevice);
  a.bind(look);
  syscall(a, Sys.Open, a.text(CONFIG_PATH), Open.ReadWrite, 0);
  a.test(rax, rax);
  a.jcc(If.Negative, pause);
  a.mov(rbx, rax);
  syscall(a, Sys.Pread, rbx, at(r12), Config.bytes, 0);
  a.cmp(rax, Config.bytes);
  a.jcc(If.NotEqual, close);
  a.load(rax, at(r12, Config.Id), 32);
  a.cmp(rax, IPMI_ID);
  a.jcc(If.Equal, ours);
  a.cmp(rax, SMBUS_ID);
  a.jcc(If.NotEqual, close);
  a.bind(ours);
  // It has one of the two.
  a.load(mailboxBase, at(r12, Config.Bar0), 32);
  a.load(rax, at(r12, Config.Bar4), 32);
  a.or(mailboxBase, rax);
  a.and(mailboxBase, ~BAR_FLAGS);
  a.jcc(If.Equal, close);
  a.load(rax, at(r12, Config.Command), 16);
  a.or(rax, IO_DECODING);
  a.store(at(r12, Config.Command), rax, 16);
  syscall(a, Sys.Pwrite, rbx, at(r12, Config.Command), 2, Config.Command);
  a.lea(rdx, at(mailboxBase, Mailbox.Magic));
  a.in32();
  a.mov(rcx, MAILBOX_MAGIC);
  a.cmp(rax, rcx);
  a.jcc(If.Equal, found);
  a.jmp(close);
  a.bind(found);
  syscall(a, Sys.Close, rbx);
}

function emitWriteFile(a: Assembler, { path, text }: WriteFile): void {
  syscall(a, Sys.Open, a.text(path), Open.WriteOnly, 0);
  a.mov(rbx, rax);
  syscall(a, Sys.Write, rbx, a.text(text), text.length);
  syscall(a, Sys.Close, rbx);
}

/** Four bytes of length, then the program; the mailbox gives zeros behind its end. */
function emitLoadProgram(a: Assembler): void {
  const failed = new Label("failed");
  a.lea(rdx, at(mailboxBase, Mailbox.Program));
  a.mov(rdi, r12);
  a.mov(rcx, 1);
  a.repIns(32);
  a.load(rbp, at(r12), 32);
  a.cmp(rbp, PROGRAM_BYTES_MAX);
  a.jcc(If.Above, failed);
  syscall(a, Sys.Mmap, 0, rbp, Mapping.ReadWriteExecute, Mapping.Private, -1, 0);
  a.test(rax, rax);
  a.jcc(If.Negative, failed);
  a.mov(rbx, rax);
  a.mov(rdi, rax);
  a.lea(rcx, at(rbp, 3));
  a.shr(rcx, 2);
  a.lea(rdx, at(mailboxBase, Mailbox.Program));
  a.repIns(32);
  a.jmp(rbx);

  a.bind(failed);
  syscall(a, Sys.Write, STANDARD_ERROR, a.text(NO_PROGRAM), NO_PROGRAM.length);
  const rest = a.here("rest");
  syscall(a, Sys.Pause);
  a.jmp(rest);
}
