import type { RegisterSpacing } from "../interface.ts";
import type { RegisterLayout } from "../registers/layout.ts";

/** The registers by number: register `i` lies `i * spacing` from the block's base. @see IPMI 2.0 §11.5, §11.6 */
export const BtRegister = { Control: 0, Fifo: 1, InterruptMask: 2 } as const;

/**
 * Bits of BT_CTRL. All are write-one: a 0 that is written does nothing, and so neither side can
 * spoil the other's bits. The pointers are each side's own. @see IPMI 2.0 §11.6.4
 */
export const BtControl = {
  /** Clears the writer's own write pointer. Reads 0. */
  ClearWritePointer: 0x01,
  /** Clears the reader's own read pointer. Reads 0. */
  ClearReadPointer: 0x02,
  /** A request lies in the FIFO. The host sets it, the BMC clears it. */
  H2bAtn: 0x04,
  /** A response lies in the FIFO. The BMC sets it, the host clears it. */
  B2hAtn: 0x08,
  /** The BMC has something to say. The BMC sets it, the host clears it. */
  SmsAtn: 0x10,
  /** The host sets it, the BMC clears it; generic software leaves it alone. */
  Oem0: 0x20,
  /** The host reads the FIFO: no response may be put there. The host toggles it. */
  HBusy: 0x40,
  /** The BMC reads the FIFO, or takes no request: the host may not write. The BMC toggles it. */
  BBusy: 0x80,
} as const;

/** What of BT_CTRL holds its level; the rest are commands. */
export const HOST_SETS = BtControl.H2bAtn | BtControl.Oem0;
export const HOST_CLEARS = BtControl.B2hAtn | BtControl.SmsAtn;

/** BT_CTRL after the BMC wrote these bits to it. @see IPMI 2.0 §11.6.4 */
export function afterBmcsWrite(control: number, bits: number): number {
  const levels = (control & ~(bits & HOST_SETS)) | (bits & HOST_CLEARS);
  return levels ^ (bits & BtControl.BBusy);
}

/** Bits of BT_INTMASK. @see IPMI 2.0 §11.6.5 */
export const BtInterruptMask = {
  /** B2H_IRQ_EN: the interrupt is enabled. The host's, and read back as written. */
  Enable: 0x01,
  /** B2H_IRQ: set as B2H_ATN or SMS_ATN rises while enabled; a 1 that the host writes clears it. */
  Interrupt: 0x02,
  /** BMC_HWRST, which not every block has: a 1 that the host writes resets the BMC. Reads 0. */
  HardwareReset: 0x80,
} as const;

/** Each FIFO holds this much at least, Length and all. @see IPMI 2.0 §11.6.2, §11.6.3 */
export const BT_FIFO_BYTES_MIN = 64;
/** No frame is longer: Length is one byte, and does not count itself. */
export const BT_FRAME_BYTES_MAX = 256;
/** Length of the shortest request: NetFn/LUN, Seq, Cmd. @see IPMI 2.0 §11.1 */
export const BT_REQUEST_LENGTH_MIN = 3;
/** Length of the shortest response: NetFn/LUN, Seq, Cmd, completion code. @see IPMI 2.0 §11.2 */
export const BT_RESPONSE_LENGTH_MIN = 4;
/** Length of a request that every BMC takes, and of a response that it can give. @see IPMI 2.0 §6.13 */
export const BT_INPUT_LENGTH_MIN = 41;
export const BT_OUTPUT_LENGTH_MIN = 39;

/** Where a block lies and how far apart its registers are. @see IPMI 2.0 §11.5 */
export interface BtGeometry {
  /** Of BT_CTRL, in what the block's port counts: 0 for offsets, E4h for addresses. */
  readonly base: number;
  /** Bytes from one register to the next. */
  readonly spacing: RegisterSpacing;
}

const REGISTERS = {
  control: BtRegister.Control,
  data: BtRegister.Fifo,
  intmask: BtRegister.InterruptMask,
} as const;

/**
 * B_BUSY stands while the BMC takes a request, which H2B_ATN hands over. A frame begins with the first
 * byte after the pointer was cleared or the frame before it was handed over. @see IPMI 2.0 §11.6
 */
export const BT_LAYOUT: RegisterLayout = {
  read: REGISTERS,
  written: REGISTERS,
  data: BtRegister.Fifo,
  busy: {
    register: BtRegister.Control,
    flag: BtControl.BBusy,
    after: { register: BtRegister.Control, bits: BtControl.H2bAtn },
  },
  begins: {
    by: "first byte",
    register: BtRegister.Fifo,
    after: { register: BtRegister.Control, bits: BtControl.ClearWritePointer | BtControl.H2bAtn },
  },
};
