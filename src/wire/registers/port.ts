/**
 * What a driver sees of a register block: byte-wide registers at offsets from the block's base.
 * Fault injectors, taps and recorders are ports round a port.
 */
export interface RegisterPort {
  /** Reads the byte at `offset`, 0..255. */
  read(offset: number): number;
  /** Writes `value`, 0..255, at `offset`. */
  write(offset: number, value: number): void;
}

/**
 * The transaction's identity, beside the wire and never on it. The host says whose request it is
 * about to send; the BMC takes the tag when it takes WRITE_START and gives it back with the
 * response, so that "this answer belongs to another question" is one comparison. 0 means unknown.
 */
export interface TransactionTags {
  /** The request that the host is sending. */
  request: number;
  /** The request that the bytes in the output register answer. */
  response: number;
}
