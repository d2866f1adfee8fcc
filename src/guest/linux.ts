import {
  type Label,
  type Memory,
  Register,
  r8,
  r9,
  r10,
  rax,
  rdi,
  rdx,
  rsi,
} from "../assembler/operands.ts";
import type { Assembler } from "../assembler/x86-64.ts";

/** System call numbers of x86-64 Linux. */
export const Sys = {
  Read: 0,
  Write: 1,
  Open: 2,
  Close: 3,
  Mmap: 9,
  RtSigprocmask: 14,
  Ioctl: 16,
  Pread: 17,
  Pwrite: 18,
  Access: 21,
  Pause: 34,
  Nanosleep: 35,
  Fork: 57,
  Exit: 60,
  Wait4: 61,
  Kill: 62,
  Mkdir: 83,
  RtSigtimedwait: 128,
  SchedSetscheduler: 144,
  Prctl: 157,
  Mount: 165,
  Reboot: 169,
  Iopl: 172,
  DeleteModule: 176,
  ClockGettime: 228,
  ClockNanosleep: 230,
  Ppoll: 271,
  FinitModule: 313,
} as const;
export type Sys = (typeof Sys)[keyof typeof Sys];

export const Errno = { Esrch: 3, Enobufs: 105, Etimedout: 110 } as const;

export const Open = {
  ReadOnly: 0,
  WriteOnly: 1,
  ReadWrite: 2,
  Create: 0x40,
  NonBlocking: 0x800,
} as const;

/** Readable, writable and executable; private or shared anonymous memory. */
export const Mapping = { ReadWrite: 3, ReadWriteExecute: 7, Shared: 0x21, Private: 0x22 } as const;

export const CLOCK_MONOTONIC = 1;
export const TIMER_ABSTIME = 1;
export const SIGCHLD = 17;
export const SIGKILL = 9;
export const WNOHANG = 1;
export const SIG_BLOCK = 0;
export const SCHED_FIFO = 1;
export const PR_SET_PDEATHSIG = 1;
export const PR_SET_NAME = 15;
export const POLLIN = 1;
/** What reboot() wants as its first two arguments, and its command that turns the power off. */
export const Reboot = { Magic1: 0xfee1_dead, Magic2: 0x2812_1969, PowerOff: 0x4321_fedc } as const;

/** The requests of /dev/ipmiN that guest programs make. */
export const Ipmi = {
  ReceiveTruncate: 0xc030_690b,
  SendCommand: 0x8028_690d,
  SetGetsEvents: 0x8004_6910,
} as const;

/** The system interface as an address, and the channel that it must name. */
export const SYSTEM_INTERFACE = 0x0c;
export const BMC_CHANNEL = 0x0f;

/** Offsets in the structures of /dev/ipmiN. */
export const Address = { type: 0, channel: 4, lun: 6, bytes: 40, systemInterfaceBytes: 8 } as const;
export const Req = { address: 0, addressBytes: 8, msgid: 16, message: 24, bytes: 40 } as const;
export const Recv = {
  type: 0,
  address: 8,
  addressBytes: 16,
  msgid: 24,
  message: 32,
  bytes: 48,
} as const;
export const Message = { netFn: 0, cmd: 1, dataBytes: 2, data: 8 } as const;

const ARGUMENTS = [rdi, rsi, rdx, r10, r8, r9] as const;

/** What a system call gets: a value, or where something is. */
export type Argument = number | Register | Label | Memory;

/**
 * Makes a system call; the result is in rax, negative for an error. Arguments are loaded from the
 * first to the last, so a register may serve only before it is overwritten. rcx and r11 are lost.
 */
export function syscall(a: Assembler, call: Sys, ...args: readonly Argument[]): void {
  args.forEach((arg, index) => {
    const to = ARGUMENTS[index];
    if (to === undefined || arg === to) return;
    if (typeof arg === "number" || arg instanceof Register) a.mov(to, arg);
    else a.lea(to, arg);
  });
  a.mov(rax, call);
  a.syscall();
}
