import type { BusTransaction } from "../sighting.ts";

/** More bytes than any message of SMBus has, or of I2C that is of interest here. */
const BYTES_MAX = 512;

/** The bytes of `l=4 [03-18-57-00]`; undefined when they are not as many, or cannot be read. */
export function hexBytes(text: string): readonly number[] | undefined {
  const at = text.indexOf(" l=");
  const open = text.indexOf(" [", at);
  const count = at < 0 || open < 0 ? Number.NaN : Number(text.slice(at + 3, open));
  if (!Number.isInteger(count) || count < 0 || count > BYTES_MAX) return undefined;
  const bytes: number[] = [];
  for (let place = open + 2; bytes.length < count; place += 3) {
    const byte = nibble(text, place) * 16 + nibble(text, place + 1);
    const after = text[place + 2];
    if (!(byte >= 0) || after !== (bytes.length === count - 1 ? "]" : "-")) return undefined;
    bytes.push(byte);
  }
  return count > 0 || text[open + 2] === "]" ? bytes : undefined;
}

/** The value of a hexadecimal digit in lower case; NaN of anything else. */
function nibble(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : Number.NaN;
}

/** Linux's error numbers, as a driver of a bus returns them. */
const ENXIO = 6;
const EAGAIN = 11;

/**
 * How a transaction ended, by its driver's result: 0 or more, or an error number. Undefined: something
 * failed, and nothing says at which byte. That nobody took the address is what ENXIO is for.
 */
export function outcomeOf(result: number): BusTransaction["outcome"] | undefined {
  if (result >= 0) return "done";
  if (result === -ENXIO) return "refused";
  if (result === -EAGAIN) return "lost";
  return undefined;
}
