import { assert } from "../../../assert.ts";

/** Where the length of a message stands, and what it counts. */
export interface FrameFormat {
  readonly headerBytes: number;
  readonly lengthAt: number;
  /** True when the length counts the header too. */
  readonly countsHeader: boolean;
}

/** No message of either protocol is near this; a longer one means that we lost the thread. */
const FRAME_BYTES_MAX = 0x10_0000;

/** Cuts a byte stream, which arrives in any pieces, into its messages. */
export class FrameReader {
  readonly #format: FrameFormat;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(format: FrameFormat) {
    this.#format = format;
  }

  /** Calls `take` with each message that is complete now, header included. */
  feed(bytes: Uint8Array, take: (frame: Uint8Array) => void): void {
    let rest = this.#pending.length === 0 ? bytes : joined(this.#pending, bytes);
    while (rest.length >= this.#format.headerBytes) {
      const length = this.#lengthOf(rest);
      if (rest.length < length) break;
      take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    this.#pending = rest;
  }

  #lengthOf(bytes: Uint8Array): number {
    const { headerBytes, lengthAt, countsHeader } = this.#format;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(lengthAt, true) + (countsHeader ? 0 : headerBytes);
    assert(length >= headerBytes, "a message is at least its header");
    assert(length <= FRAME_BYTES_MAX, "a message's length is within bounds");
    return length;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
