/** One access of the host's to a register block, at its offset in registers: before any spacing. */
export interface Access {
  readonly what: "read" | "write";
  readonly atUs: number;
  /** What tells one block from another on that machine: an `io` argument, a device's name. */
  readonly block: string;
  readonly offset: number;
  readonly value: number;
}

/**
 * One access of the host's to a register in memory, of which only the address is told: where its block
 * begins, and how far apart its registers are, what else is seen there has to show.
 */
export interface MappedAccess {
  readonly what: "mapped-read" | "mapped-write";
  readonly atUs: number;
  /** What tells one block from another on that machine: a page of memory. */
  readonly block: string;
  /** Where in the page. */
  readonly address: number;
  readonly value: number;
}

/** One access of the BMC's to its side of a block. */
export interface BmcAccess {
  readonly what: "bmc-reads" | "bmc-writes";
  readonly atUs: number;
  readonly kind: "kcs" | "bt";
  /** What tells one block from another on that machine. */
  readonly block: string;
  /** KCS: `input`, `output`, `status`; BT: `control`, `fifo`. */
  readonly register: "input" | "output" | "status" | "control" | "fifo";
  readonly value: number;
}

/** Bytes that went one way within a bus transaction, behind an address byte. */
export interface BusMessage {
  readonly read: boolean;
  readonly bytes: readonly number[];
}

/**
 * One transaction of an SMBus master, from START to STOP. `refused`: not acknowledged; `lost`: to another
 * master. What failed otherwise is no transaction that can be told, but a gap.
 */
export interface BusTransaction {
  readonly what: "bus";
  /** Whose controller wrote it down; the host's where it is left out. */
  readonly face?: "bmc";
  readonly atUs: number;
  readonly endUs: number;
  /** The bus by its name on that machine. */
  readonly bus: string;
  /** 7 bits. */
  readonly address: number;
  /** As far as it came: what it ended with happened in the last of them. */
  readonly messages: readonly BusMessage[];
  readonly outcome: "done" | "refused" | "lost";
  /** Of what was refused, the byte of the last message that was; the address where it is left out, or -1. */
  readonly refusedAt?: number;
}

/** A whole message as it was at the BMC, of KCS: nothing is known of how it came there. */
export interface Message {
  readonly what: "message";
  readonly atUs: number;
  readonly block: string;
  readonly toBmc: boolean;
  /** NetFn and LUN, the command; of a response its completion code; the data. */
  readonly bytes: Uint8Array;
}

/** A user's request was handed in, and if nothing says otherwise, accepted. */
export interface UserRequest {
  readonly what: "request";
  readonly atUs: number;
  /** Counts the requests, from 1. */
  readonly id: number;
  readonly user: string;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** That request was not accepted after all, or its user went away. */
export interface UserRefused {
  readonly what: "refused";
  readonly atUs: number;
  readonly id: number;
  readonly user: string;
  readonly netFn: number;
  readonly cmd: number;
  readonly code: string;
}

/** That request was answered; who made the completion code, nobody wrote down. */
export interface UserAnswer {
  readonly what: "answer";
  readonly atUs: number;
  readonly id: number;
  readonly cc: number;
  readonly data: Uint8Array;
}

/** What the users of a driver asked, and what they got. */
export type OfUsers = UserRequest | UserRefused | UserAnswer;

/** Something was lost here: nothing that follows may be judged by what stands before. */
export interface Gap {
  readonly what: "gap";
  readonly atUs: number;
  /** The bus and the address of which something was lost, as `busBlock` names them; undefined: of all. */
  readonly block?: string;
  readonly text: string;
}

/** A message of the kernel's. */
export interface Log {
  readonly what: "log";
  readonly atUs: number;
  readonly text: string;
}

/** What the capture's own head says: the kernel, a module's parameter, ... */
export interface About {
  readonly what: "about";
  readonly atUs: number;
  readonly key: string;
  readonly value: string;
}

/** What one line of evidence tells, or a few that belong together, in words common to all formats. */
export type Sighting =
  | Access
  | MappedAccess
  | BmcAccess
  | BusTransaction
  | Message
  | OfUsers
  | Gap
  | Log
  | About;

/** Who is told what a reader sees, as it sees it: nothing is kept for later. */
export interface Teller {
  /** Takes what was seen. */
  sighting(sighting: Sighting): void;
  /** Counts a line that cannot be used, by its kind: `a time that is none`. */
  unread(kind: string): void;
}

/** Reads one format line by line. Whatever it is given, it never throws. */
export interface LineReader {
  /** Takes a line without its end. */
  line(text: string): void;
  /** The evidence is over. */
  end(): void;
}

/** What tells one device on a machine's buses from another. */
export function busBlock(bus: string, address: number): string {
  return `${bus === "" ? "" : `${bus} `}address ${address.toString(16).padStart(2, "0")}h`;
}
