/** What a field of a protocol buffer's message holds. */
export type FieldValue = number | string | Message;
/** Fields by their numbers, in the order in which they are written. */
export type Message = readonly (readonly [field: number, value: FieldValue])[];

/** The wire types that are used here: a number of as many bytes as it needs, and bytes with their length. */
const Wire = { Varint: 0, Bytes: 2 } as const;
const MORE = 0x80;
const BITS = 7;

/** A message as the bytes of a protocol buffer. Numbers are whole, not negative, and below 2^53. */
export function encoded(message: Message): Uint8Array {
  const bytes: number[] = [];
  write(message, bytes);
  return Uint8Array.from(bytes);
}

function write(message: Message, bytes: number[]): void {
  for (const [field, value] of message) {
    if (typeof value === "number") {
      varint((field << 3) | Wire.Varint, bytes);
      varint(value, bytes);
      continue;
    }
    const content = typeof value === "string" ? new TextEncoder().encode(value) : encoded(value);
    varint((field << 3) | Wire.Bytes, bytes);
    varint(content.length, bytes);
    for (const byte of content) bytes.push(byte);
  }
}

function varint(value: number, bytes: number[]): void {
  let left = value;
  while (left >= MORE) {
    bytes.push((left % MORE) | MORE);
    left = Math.floor(left / 2 ** BITS);
  }
  bytes.push(left);
}
