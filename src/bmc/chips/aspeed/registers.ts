/**
 * The LPC controller of the ASPEED AST2400, AST2500 and AST2600, as far as KCS and BT need it.
 * Offsets in bytes from the controller's base, which is 1E789000h on all three.
 */
export const Lpc = {
  Hicr0: 0x000,
  Hicr2: 0x008,
  Hicr4: 0x010,
  Ladr3High: 0x014,
  Ladr3Low: 0x018,
  Ladr12High: 0x01c,
  Ladr12Low: 0x020,
  Sirqcr0: 0x070,
  Hicr5: 0x080,
  HicrB: 0x100,
  HicrC: 0x104,
  Ladr4: 0x110,
  Lsadr12: 0x120,
} as const;

/** HICR0: enables channels 1 to 3. */
export const Hicr0 = { Lpc1: 0x20, Lpc2: 0x40, Lpc3: 0x80 } as const;
/** HICR2: interrupts the BMC while IBF is set, channels 1 to 3. */
export const Hicr2 = { Ibf1: 0x02, Ibf2: 0x04, Ibf3: 0x08 } as const;
export const Hicr4 = {
  /** Channel 3 is a KCS block. */
  Kcs: 0x04,
  /** LADR12 is the address of channel 2, not 1. */
  Ladr12IsChannel2: 0x80,
} as const;
/** HICR5: the host's interrupt for channels 2 and 3. */
export const Hicr5 = {
  Raise2: 0x1000,
  High2: 0x2000,
  Raise3: 0x4000,
  High3: 0x8000,
  Number2: 0x0f_0000,
  Number3: 0xf0_0000,
} as const;
export const HicrB = {
  /** Enables channel 4. */
  Lpc4: 0x01,
  /** Interrupts the BMC while IBF of channel 4 is set. */
  Ibf4: 0x02,
  /** Command and status of channels 1 and 2 are where LSADR12 says, not 4 above the data. */
  OwnStatusAddress1: 0x10,
  OwnStatusAddress2: 0x20,
} as const;
/** HICRC: the host's interrupt for channel 4. */
export const HicrC = { Raise4: 0x01, KeepsOnRead4: 0x02, High4: 0x04, Number4: 0xf0 } as const;
/** SIRQCR0: the host's interrupt for channel 1, which can be 1 or 12 only. */
export const Sirqcr0 = { Raise1: 0x01, Raise12: 0x02 } as const;

/** CR0. The host's address stands from bit 16 on, its interrupt's number from bit 12 on. */
export const IbtConfig = {
  Enable: 0x01,
  ClearsWritePointer: 0x04,
  ClearsReadPointer: 0x08,
} as const;
export const IBT_ADDRESS_SHIFT = 16;
export const IBT_INTERRUPT_SHIFT = 12;
/** CR1 and CR2: the host set H2B_ATN, the host cleared H_BUSY. CR2's are cleared by writing 1. */
export const IbtInterrupt = { H2bAtn: 0x01, HBusy: 0x40 } as const;
