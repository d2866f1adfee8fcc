import { MESSAGE_MAX } from "./machine.ts";

/** What no longer fits is read on for the sake of a clean end, but not for ever. */
const RECEIVED_MAX = 2 * MESSAGE_MAX;

/** A response as it comes in, byte by byte. What does not fit is counted, and not kept. */
export class ResponseBuffer {
  readonly #bytes = new Uint8Array(MESSAGE_MAX);
  #received = 0;

  /** How many bytes came, those included that were not kept. */
  get received(): number {
    return this.#received;
  }

  get truncated(): boolean {
    return this.#received > MESSAGE_MAX;
  }

  /** So much came that no end is to be hoped for. */
  get endless(): boolean {
    return this.#received >= RECEIVED_MAX;
  }

  clear(): void {
    this.#received = 0;
  }

  push(byte: number): void {
    if (this.#received < MESSAGE_MAX) this.#bytes[this.#received] = byte;
    this.#received++;
  }

  /** What was kept, valid until the next byte. */
  message(): Uint8Array {
    return this.#bytes.subarray(0, Math.min(this.#received, MESSAGE_MAX));
  }
}
