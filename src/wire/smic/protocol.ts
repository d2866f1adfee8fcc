import type { RegisterSpacing } from "../interface.ts";
import type { RegisterLayout } from "../registers/layout.ts";

/**
 * The registers by number: register `i` lies `i * spacing` from the block's base. All three are
 * needed: what describes a block of two registers only leaves out Flags, and with it BUSY.
 * @see IPMI 2.0 §10.2, §10.3
 */
export const SmicRegister = { Data: 0, Control: 1, Flags: 2 } as const;

/** Bits of the Flags register. @see IPMI 2.0 §10.3.1 */
export const SmicFlag = {
  /** Set by the host only, cleared by the BMC only: while it is 1, the registers are the BMC's. */
  Busy: 0x01,
  SmsAtn: 0x04,
  /** For the SMI handler: a message is in the event message buffer. */
  EvtAtn: 0x08,
  Smi: 0x10,
  TxDataRdy: 0x40,
  RxDataRdy: 0x80,
} as const;

/**
 * What a control code asks for, in the bits below the stream's. The status code that answers it
 * has the same number; `GetStatus` is answered READY. @see IPMI 2.0 §10.9, §10.11
 */
export const SmicOperation = {
  GetStatus: 0x00,
  WriteStart: 0x01,
  WriteNext: 0x02,
  WriteEnd: 0x03,
  ReadStart: 0x04,
  ReadNext: 0x05,
  ReadEnd: 0x06,
} as const;

/** Whose transfer a code belongs to: the system's software, or the SMI handler. */
export const SmicStream = { Sms: 0x40, Smm: 0x60 } as const;
export type SmicStream = (typeof SmicStream)[keyof typeof SmicStream];

const STREAM_BITS = 0x60;
const OPERATION_BITS = 0x1f;
/** What tells a status code from a control code. */
const STATUS_BIT = 0x80;

/** Control codes of the SMS stream. @see IPMI 2.0 §10.9, Table 10-2 */
export const SmicControl = {
  GetStatus: 0x40,
  WriteStart: 0x41,
  WriteNext: 0x42,
  WriteEnd: 0x43,
  ReadStart: 0x44,
  ReadNext: 0x45,
  ReadEnd: 0x46,
} as const;

/** Status codes of the SMS stream. @see IPMI 2.0 §10.11, Table 10-3 */
export const SmicStatus = {
  Ready: 0xc0,
  WriteStart: 0xc1,
  WriteNext: 0xc2,
  WriteEnd: 0xc3,
  ReadStart: 0xc4,
  ReadNext: 0xc5,
  ReadEnd: 0xc6,
} as const;

/** In the data register, with the status READY or WR_END. @see IPMI 2.0 §10.11, Table 10-3 */
export const SmicError = {
  None: 0x00,
  Aborted: 0x01,
  IllegalControl: 0x02,
  NoResponse: 0x03,
  IllegalCommand: 0x04,
  BufferFull: 0x05,
} as const;

/** The stream of a control or status code; undefined for what is neither's. */
export function streamOf(code: number): SmicStream | undefined {
  switch (code & STREAM_BITS) {
    case SmicStream.Sms:
      return SmicStream.Sms;
    case SmicStream.Smm:
      return SmicStream.Smm;
    default:
      return undefined;
  }
}

/** What a control or status code asks for or answers; reserved numbers are given as they are. */
export function operationOf(code: number): number {
  return code & OPERATION_BITS;
}

/** Whether a code is one that a BMC gives. */
export function isStatusCode(code: number): boolean {
  return (code & STATUS_BIT) !== 0;
}

/** The status code for an operation of a stream. */
export function statusCode(stream: SmicStream, operation: number): number {
  return STATUS_BIT | stream | operation;
}

/** Where a block lies and how far apart its registers are. @see IPMI 2.0 §10.2 */
export interface SmicGeometry {
  /** Of the data register, in what the block's port counts: 0 for offsets, CA9h for addresses. */
  readonly base: number;
  /** Bytes from one register to the next. */
  readonly spacing: RegisterSpacing;
}

const REGISTERS = {
  data: SmicRegister.Data,
  control: SmicRegister.Control,
  flags: SmicRegister.Flags,
} as const;

/** The host sets BUSY to hand over what it wrote, and the BMC clears it. @see IPMI 2.0 §10.3.1 */
export const SMIC_LAYOUT: RegisterLayout = {
  read: REGISTERS,
  written: REGISTERS,
  data: SmicRegister.Data,
  busy: {
    register: SmicRegister.Flags,
    flag: SmicFlag.Busy,
    after: { register: SmicRegister.Flags, bits: SmicFlag.Busy },
  },
  begins: { by: "code", register: SmicRegister.Control, code: SmicControl.WriteStart },
};
