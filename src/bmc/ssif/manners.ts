/** How a slave's driver behaves otherwise than a right and quick one does, as long as it is told to. */
export interface SsifManners {
  /** The clock is held for so long before each byte that is given, in µs. */
  byteUs: number;
  /** The number of the first block behind the start of a multi-part response; 0 is right. */
  firstBlock: number;
  /** The own address is not acknowledged. */
  deaf: boolean;
  /** A response can be read until the next one is there, whatever was asked meanwhile. */
  keepsResponse: boolean;
  /** Parts of a request that was given up stay, and the next request is put behind them. */
  mergesRequests: boolean;
}

/** A slave's driver that is as it should be. */
export function goodManners(): SsifManners {
  return { byteUs: 0, firstBlock: 0, deaf: false, keepsResponse: false, mergesRequests: false };
}
