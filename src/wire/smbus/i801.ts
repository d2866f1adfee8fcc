/**
 * The I/O registers of the SMBus controller in Intel's chip sets, from its base.
 * @see Intel ICH9 datasheet, SMBus I/O and memory mapped registers
 */
export const I801Register = {
  HostStatus: 0x00,
  HostControl: 0x02,
  HostCommand: 0x03,
  SlaveAddress: 0x04,
  Data0: 0x05,
  Data1: 0x06,
  BlockData: 0x07,
  AuxiliaryStatus: 0x0c,
  AuxiliaryControl: 0x0d,
} as const;

/** Bits of the host status; all but the first are cleared by writing 1. */
export const I801Status = {
  Busy: 0x01,
  Done: 0x02,
  DeviceError: 0x04,
  BusError: 0x08,
  Failed: 0x10,
  /** Byte by byte: one was moved, and the controller waits for this bit to be cleared. */
  ByteDone: 0x80,
} as const;

/** Bits of the host control: what the controller is to do lies in bits 4 to 2. */
export const I801Control = { Kill: 0x02, Block: 0x14, Start: 0x40, Pec: 0x80 } as const;

/** Bits of the auxiliary control. */
export const I801Auxiliary = {
  /** A packet error code is appended to what is sent, and expected to be. */
  AppendsCode: 0x01,
  /** A block lies in a buffer of 32 bytes, and is not moved byte by byte. */
  BlockBuffer: 0x02,
} as const;
