import { at, type Memory, r12, r13, r14, r15 } from "../assembler/operands.ts";
import { HEADER_BYTES, PAYLOAD_BYTES_MAX } from "./records.ts";

/*
 * Registers with one meaning in all processes of a guest program. Routines keep these, rbx and rbp,
 * and may change all others.
 */

/** The process's own memory: `Private`. */
export const privateBase = r12;
/** The process's number. */
export const processNumber = r13;
/** The page that all processes share: `Shared`. */
export const sharedBase = r14;
/** The I/O port at which the device's BAR begins. */
export const mailboxBase = r15;

/** Offsets in the BAR. Below lie the interface's registers. */
export const Mailbox = {
  /** 8 or 32 bits: the next bytes of a report. */
  Report: 0x20,
  /** 32 bits: the low half of CLOCK_MONOTONIC in µs. */
  Tick: 0x24,
  /** 32 bits: the next bytes of the program, after its length in four bytes. */
  Program: 0x28,
  /** 32 bits: `MAILBOX_MAGIC`. */
  Magic: 0x2c,
  /** 32 bits: 1 when the kernel is to panic. */
  Order: 0x30,
} as const;
export const MAILBOX_MAGIC = 0x4442_5342;

/** Processes that can be waited for: the set-up and the actors. */
export const PROCESSES_MAX = 0xf0;
/** Requests of one process that are sent and not yet answered. */
export const WAITING_MAX = 128;
/** What `read-file` reports of a file at most. */
export const FILE_BYTES_MAX = 1_024;

export const Shared = {
  /** 32 bits: 1 while a process writes a report. */
  Lock: 0x000,
  /** 32 bits: the number of that process; MAIN while nobody does. */
  Owner: 0x004,
  /** 64 bits: the next request's id. */
  NextId: 0x008,
  /** 64 bits: when the set-up began, then when it was over. */
  StartUs: 0x010,
  /** 32 bits for each process number: the step in which it is. */
  Steps: 0x400,
  /** 32 bits for each process number: its process id, 0 when nobody waits for it. */
  Pids: 0x800,
} as const;
export const SHARED_BYTES = 0x1000;

export const Private = {
  /** 64 bits: the IPMI device's file descriptor, or an error. */
  IpmiFile: 0x000,
  /** 64 bits: the other file's. */
  OpenFile: 0x008,
  /** Seconds and nanoseconds, 64 bits each. */
  Time: 0x010,
  /** The file descriptor, events and results of poll(). */
  Poll: 0x020,
  /** A number for an ioctl, or a status from wait4(). */
  Integer: 0x028,
  Address: 0x030,
  Req: 0x060,
  Recv: 0x090,
  /** 64 bits: how many requests are sent and not answered. */
  WaitingCount: 0x0c0,
  /** Their ids, 32 bits each. */
  Waiting: 0x0c8,
  /** The report in the making; its payload lies on a multiple of eight. */
  Record: 0x2d1,
  Payload: 0x2d1 + HEADER_BYTES,
} as const;
export const PRIVATE_BYTES = Private.Payload + PAYLOAD_BYTES_MAX + 1;

/** A field of the process's own memory. */
export function own(offset: number): Memory {
  return at(privateBase, offset);
}

/** A field of the page that all share. */
export function shared(offset: number): Memory {
  return at(sharedBase, offset);
}
