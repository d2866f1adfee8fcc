import { MESSAGE_MAX } from "./machine.ts";

/** What no longer fits is read on for the sake of a clean end, but not for ever. */
const RECEIVED_MAX = 2 * MESSAGE_MAX;

/** A response as it comes in, byte by byte. What does not fit is counted, and not kept. */
export class ResponseBuffer {
  private readonly _bytes = new Uint8Array(MESSAGE_MAX);
  private _received = 0;

  /** How many bytes came, those included that were not kept. */
  get received(): number {
    return this._received;
  }

  get truncated(): boolean {
    return this._received > MESSAGE_MAX;
  }

  /** So much came that no end is to be hoped for. */
  get endless(): boolean {
    return this._received >= RECEIVED_MAX;
  }

  clear(): void {
    this._received = 0;
  }

  push(byte: number): void {
    if (this._received < MESSAGE_MAX) this._bytes[this._received] = byte;
    this._received++;
  }

  /** What was kept, valid until the next byte. */
  message(): Uint8Array {
    return this._bytes.subarray(0, Math.min(this._received, MESSAGE_MAX));
  }
}
