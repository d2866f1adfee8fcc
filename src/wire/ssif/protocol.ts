/** The BMC's 7-bit address, unless another was assigned. @see IPMI 2.0 §12 */
export const SSIF_ADDRESS = 0x10;

/** What the first byte after the address says. All but the last are blocks. @see IPMI 2.0 §12 */
export const SsifCommand = {
  /** W: a request of 2 to 32 bytes. */
  SinglePartWrite: 0x02,
  /** R: a response of up to 32 bytes, or the first block of a longer one. */
  ReadStart: 0x03,
  /** W: the first 32 bytes of a longer request. */
  WriteStart: 0x06,
  /** W: 32 bytes more. */
  WriteMiddle: 0x07,
  /** W: the last 1 to 32 bytes. */
  WriteEnd: 0x08,
  /** R: the next block of a longer response. */
  ReadMiddle: 0x09,
  /** W: the number of the block which the next `ReadMiddle` is to give. */
  ReadRetry: 0x0a,
} as const;
export type SsifCommand = (typeof SsifCommand)[keyof typeof SsifCommand];

/** Whether a request begins with this command: the whole of it, or its first part. */
export function beginsRequest(command: number): boolean {
  return command === SsifCommand.SinglePartWrite || command === SsifCommand.WriteStart;
}

/** Data bytes of a block, without its count. @see SMBus 2.0 §5.5.7 */
export const BLOCK_BYTES_MAX = 32;

/** The longest message either way; its size is told in one byte. @see IPMI 2.0 §22.9 */
export const SSIF_MESSAGE_MAX = 255;

/**
 * What the first block of a multi-part read begins with. No response can: its NetFn is odd.
 * @see IPMI 2.0 §12.5
 */
export const MULTI_PART_MARK = [0x00, 0x01] as const;

/** Bytes of the response in a first block, and in each that follows a block number. */
export const FIRST_BLOCK_DATA = BLOCK_BYTES_MAX - MULTI_PART_MARK.length;
export const BLOCK_DATA = BLOCK_BYTES_MAX - 1;

/** The block number of the last block; the others count from 0. @see IPMI 2.0 §12.5 */
export const LAST_BLOCK = 0xff;
