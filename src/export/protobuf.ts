/** What a field of a protocol buffer's message holds. */
export type FieldValue = number | string | Message;
/** Fields by their numbers, in the order in which they are written. */
export type Message = readonly (readonly [field: number, value: FieldValue])[];

/** The wire types that are used here: a number of as many bytes as it needs, and bytes with their length. */
const Wire = { Varint: 0, Bytes: 2 } as const;
const MORE = 0x80;
const BITS = 7;
/** A number below 2^53 has no more. */
const VARINT_BYTES_MAX = 8;
/** Of a UTF-16 unit in UTF-8. */
const UTF8_BYTES_MAX = 3;

/** Writes messages as protocol buffers. Numbers are whole, not negative, and below 2^53. */
export class ProtobufWriter {
  readonly #text = new TextEncoder();
  #bytes = new Uint8Array(1_024);
  #at = 0;

  encoded(message: Message): Uint8Array {
    this.#at = 0;
    this.#message(message);
    return this.#bytes.slice(0, this.#at);
  }

  #message(message: Message): void {
    for (const [field, value] of message) {
      if (typeof value === "number") {
        this.#varint((field << 3) | Wire.Varint);
        this.#varint(value);
        continue;
      }
      this.#varint((field << 3) | Wire.Bytes);
      const lengthAt = this.#at++;
      if (typeof value === "string") this.#string(value);
      else this.#message(value);
      this.#setLength(lengthAt);
    }
  }

  #string(value: string): void {
    this.#makeRoom(value.length * UTF8_BYTES_MAX);
    this.#at += this.#text.encodeInto(value, this.#bytes.subarray(this.#at)).written;
  }

  /** Of what stands behind its place, which has room for a length of one byte: most are that short. */
  #setLength(lengthAt: number): void {
    const from = lengthAt + 1;
    const end = this.#at;
    const length = end - from;
    this.#at = lengthAt;
    if (length < MORE) {
      this.#varint(length);
      this.#at = end;
      return;
    }
    const content = this.#bytes.slice(from, end);
    this.#varint(length);
    this.#makeRoom(length);
    this.#bytes.set(content, this.#at);
    this.#at += length;
  }

  #varint(value: number): void {
    this.#makeRoom(VARINT_BYTES_MAX);
    let left = value;
    while (left >= MORE) {
      this.#bytes[this.#at++] = (left % MORE) | MORE;
      left = Math.floor(left / 2 ** BITS);
    }
    this.#bytes[this.#at++] = left;
  }

  /** And one byte more, for a length. */
  #makeRoom(count: number): void {
    const needed = this.#at + count + 1;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
