import { assert } from "../assert.ts";

/** The byte at an offset that is known to be within. */
export function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  assert(byte !== undefined, "the length was checked");
  return byte;
}
