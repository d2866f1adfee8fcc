import {
  getSystemInterfaceCapabilities,
  SsifTransactions,
  SystemInterfaceType,
} from "../../../ipmi/commands/app/system-interface.ts";
import { BLOCK_BYTES_MAX, SSIF_MESSAGE_MAX } from "../../../wire/ssif/protocol.ts";
import type { Greeting } from "../machine.ts";

/** What may be sent to a BMC. */
export interface SsifCapabilities {
  /** The longest request, NetFn/LUN to the last byte of data. */
  readonly requestBytesMax: number;
  readonly usesPec: boolean;
}

/** What each BMC can do, whether it tells or not. @see IPMI 2.0 §12.2, §22.9 */
export const SSIF_LEAST: SsifCapabilities = { requestBytesMax: BLOCK_BYTES_MAX, usesPec: false };

export const SSIF_GREETING: Greeting = {
  cmd: getSystemInterfaceCapabilities.cmd,
  data: Uint8Array.of(SystemInterfaceType.Ssif),
};

/** A start and an end, which has a byte less than a middle. @see IPMI 2.0 §12.3 */
const START_AND_END_MAX = 2 * BLOCK_BYTES_MAX - 1;
const VERSION = 0;

/**
 * What a BMC says of itself; what makes no sense is taken as if it said nothing.
 * @see IPMI 2.0 §22.9
 */
export function ssifCapabilities(data: Uint8Array | undefined): SsifCapabilities {
  const { response } = getSystemInterfaceCapabilities;
  if (data === undefined || data.length < response.size.max) return SSIF_LEAST;
  const told = response.decode(data.subarray(0, response.size.max));
  const { inputBytesMax, pecSupported: usesPec } = told;
  if (told.version !== VERSION || inputBytesMax < BLOCK_BYTES_MAX) return SSIF_LEAST;
  switch (told.transactions) {
    case SsifTransactions.StartMiddleAndEnd:
      return { requestBytesMax: Math.min(inputBytesMax, SSIF_MESSAGE_MAX), usesPec };
    case SsifTransactions.StartAndEnd:
      return { requestBytesMax: Math.min(inputBytesMax, START_AND_END_MAX), usesPec };
    default:
      return { requestBytesMax: BLOCK_BYTES_MAX, usesPec };
  }
}
