/**
 * What goes over the second serial line between the guest and us: frames of a length (2 bytes, the low
 * one first), a kind, and as many bytes as the length says.
 */

/** What we ask the guest for. Each is answered by a result of the same kind, one after the other. */
export const Ask = {
  Open: 0x01,
  Close: 0x02,
  /** Opens the device once more, and closes that again. */
  OpenAgain: 0x03,
  /** Reads a request into a buffer of as many bytes as the payload's 4 bytes say; see `Told.Request`. */
  Read: 0x04,
  /** Writes the payload, an IPMI response, to the device. */
  Write: 0x05,
  /** Makes the ioctl whose number is the payload's 4 bytes. */
  Ioctl: 0x06,
  /** Writes a text to a file: its path, a zero byte, the text. */
  Put: 0x07,
  /** Reads what the kernel has traced; see `Told.Trace`. */
  Trace: 0x08,
  /** Is answered when all else is done, and comes to nothing: -1. */
  Nothing: 0x7f,
} as const;
export type Ask = (typeof Ask)[keyof typeof Ask];

/** What the guest tells. */
export const Told = {
  /** The device can be read. Told once; it is looked at again after a read, or when it is opened. */
  Readable: 0x41,
  /** A request that was read, right before the result. */
  Request: 0x42,
  /** What came of something: its kind, then 4 bytes with sign; below zero an error's number. */
  Result: 0x43,
  /** What the kernel has traced, right before the result. */
  Trace: 0x44,
  /** What came of a step of the set-up: its place in the list, then as in a result. */
  SetUp: 0x45,
} as const;

export const HEADER_BYTES = 3;
/** Far more than KCS carries. */
export const PAYLOAD_BYTES_MAX = 4_096;

export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

export function encodeFrame(kind: Ask, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { length } = payload;
  return Uint8Array.from([length & 0xff, length >> 8, kind, ...payload]);
}

/** Takes frames out of a stream of bytes. */
export class FrameReader {
  private _pending = Buffer.alloc(0);

  /** Throws `RangeError` on a length that no frame has. */
  push(bytes: Uint8Array): readonly Frame[] {
    this._pending = Buffer.concat([this._pending, bytes]);
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #next(): Frame | undefined {
    const pending = this._pending;
    if (pending.length < HEADER_BYTES) return undefined;
    const length = pending.readUInt16LE(0);
    if (length > PAYLOAD_BYTES_MAX) throw new RangeError(`a frame of ${length} bytes`);
    const end = HEADER_BYTES + length;
    if (pending.length < end) return undefined;
    const kind = pending.readUInt8(2);
    const payload = Uint8Array.from(pending.subarray(HEADER_BYTES, end));
    this._pending = pending.subarray(end);
    return { kind, payload };
  }
}

/** A result's kind, or a set-up step's place, and its value. */
export function readResult(payload: Uint8Array): { readonly of: number; readonly value: number } {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return { of: view.getUint8(0), value: view.getInt32(1, true) };
}
