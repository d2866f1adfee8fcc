/**
 * Where BMC chips keep the BMC's side of a block: for their drivers, and for whoever reads what those
 * wrote down.
 */

/** A KCS channel's registers as the BMC's software reaches them. */
interface KcsChannel {
  readonly input: number;
  readonly output: number;
  readonly status: number;
}

/** In bytes from the base of the LPC controller of ASPEED's AST2400, AST2500 and AST2600. */
export const ASPEED_KCS = {
  1: { input: 0x024, output: 0x030, status: 0x03c },
  2: { input: 0x028, output: 0x034, status: 0x040 },
  3: { input: 0x02c, output: 0x038, status: 0x044 },
  4: { input: 0x114, output: 0x118, status: 0x11c },
} as const satisfies Readonly<Record<number, KcsChannel>>;

/** In bytes from the base of the KCS module of Nuvoton's NPCM7xx. */
export const NUVOTON_KCS = {
  1: { status: 0x0c, output: 0x0e, input: 0x10 },
  2: { status: 0x1e, output: 0x20, input: 0x22 },
  3: { status: 0x30, output: 0x32, input: 0x34 },
} as const satisfies Readonly<Record<number, KcsChannel>>;

/** ASPEED's BT block ("iBT") within the LPC controller. */
export const IBT_OFFSET = 0x140;
/** Offsets from `IBT_OFFSET`. */
export const Ibt = {
  Config: 0x00,
  InterruptEnable: 0x04,
  InterruptStatus: 0x08,
  Control: 0x10,
  Fifo: 0x14,
  InterruptMask: 0x18,
} as const;
