import type { RegisterSpacing } from "../interface.ts";
import type { RegisterLayout } from "../registers/layout.ts";

/**
 * The registers by number: register `i` lies `i * spacing` from the block's base. Each reads as one
 * thing and is written as another: Data_Out and Data_In, Status and Command. @see IPMI 2.0 §9.5, §9.6
 */
export const KcsRegister = { Data: 0, Status: 1 } as const;

/** Bits of the Status register. @see IPMI 2.0 §9.7, Table 9-1 */
export const Status = {
  Obf: 0x01,
  Ibf: 0x02,
  SmsAtn: 0x04,
  Cd: 0x08,
  Oem1: 0x10,
  Oem2: 0x20,
  State: 0xc0,
} as const;

/** The state bits S1 S0, as `status >> 6`. @see IPMI 2.0 §9.7, Table 9-2 */
export const Phase = { Idle: 0, Read: 1, Write: 2, Error: 3 } as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** Control codes. All go to Command but READ, which goes to Data_In. @see IPMI 2.0 §9.10, Table 9-3 */
export const Control = {
  GetStatusAbort: 0x60,
  WriteStart: 0x61,
  WriteEnd: 0x62,
  Read: 0x68,
} as const;

/** Interface status codes, read through GET_STATUS/ABORT. @see IPMI 2.0 §9.12, Table 9-4 */
export const StatusCode = {
  NoError: 0x00,
  Aborted: 0x01,
  IllegalControl: 0x02,
  LengthError: 0x06,
  Unspecified: 0xff,
} as const;

/** Where a block lies and how far apart its registers are. @see IPMI 2.0 §9.5 */
export interface KcsGeometry {
  /** Of Data_In/Data_Out, in what the block's port counts: 0 for offsets, CA2h for addresses. */
  readonly base: number;
  /** Bytes from there to Status/Command. */
  readonly spacing: RegisterSpacing;
}

/** IBF stands after each write, until the BMC has taken it. @see IPMI 2.0 §9.7 */
export const KCS_LAYOUT: RegisterLayout = {
  read: { data: KcsRegister.Data, status: KcsRegister.Status },
  written: { data: KcsRegister.Data, command: KcsRegister.Status },
  data: KcsRegister.Data,
  busy: { register: KcsRegister.Status, flag: Status.Ibf, after: "any write" },
  begins: { by: "code", register: KcsRegister.Status, code: Control.WriteStart },
};
