import { BASIC_ESCAPES, BasicMark, ESC } from "./protocol.ts";

/** What comes out of a stream of basic mode. */
export type BasicItem =
  /** What stood between the marks, as it was before it was escaped: an IPMB message, of SWIDs too. */
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** Whoever takes requests has room for another one. */
  | { readonly kind: "handshake" };

/** More than any message has that can be answered. */
const FRAME_BYTES_MAX = 300;

const UNESCAPED: ReadonlyMap<number, number> = new Map(
  [...BASIC_ESCAPES].map(([byte, code]) => [code, byte]),
);

/**
 * Cuts a stream of basic mode into frames. What stands between frames is passed over; a frame that is
 * damaged is dropped as a whole, and counted. @see IPMI 2.0 §14.4
 */
export class BasicReader {
  /** Frames that were dropped: begun anew, wrongly escaped, or too long. */
  damaged = 0;
  private _frame: number[] | undefined;
  private _escaped = false;
  private _whole = true;

  push(bytes: Uint8Array): readonly BasicItem[] {
    const items: BasicItem[] = [];
    for (const byte of bytes) {
      const item = this.#take(byte);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #take(byte: number): BasicItem | undefined {
    switch (byte) {
      case BasicMark.Start:
        if (this._frame !== undefined) this.damaged++;
        this._frame = [];
        this._escaped = false;
        this._whole = true;
        return undefined;
      case BasicMark.Handshake:
        return { kind: "handshake" };
      case BasicMark.Stop:
        return this.#close();
      case BasicMark.Escape:
        this._whole &&= !this._escaped;
        this._escaped = true;
        return undefined;
      default:
        this.#keep(byte);
        return undefined;
    }
  }

  #keep(byte: number): void {
    if (this._frame === undefined) return;
    const plain = this._escaped ? UNESCAPED.get(byte) : byte;
    this._escaped = false;
    const fits = this._frame.length < FRAME_BYTES_MAX;
    if (plain === undefined || byte === ESC || !fits) this._whole = false;
    else this._frame.push(plain);
  }

  #close(): BasicItem | undefined {
    const frame = this._frame;
    this._frame = undefined;
    if (frame === undefined) return undefined;
    if (this._whole && !this._escaped) return { kind: "message", bytes: Uint8Array.from(frame) };
    this.damaged++;
    return undefined;
  }
}

/** A message between its marks, escaped. */
export function basicFrame(message: Uint8Array): Uint8Array {
  const framed: number[] = [BasicMark.Start];
  for (const byte of message) {
    const code = BASIC_ESCAPES.get(byte);
    if (code === undefined) framed.push(byte);
    else framed.push(BasicMark.Escape, code);
  }
  return Uint8Array.of(...framed, BasicMark.Stop);
}
