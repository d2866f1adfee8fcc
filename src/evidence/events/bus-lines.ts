import type { BusTransaction } from "../sighting.ts";

/** More bytes than any message of SMBus has, or of I2C that is of interest here. */
const BYTES_MAX = 512;

/** The bytes of `l=4 [03-18-57-00]`; undefined when they are not as many, or cannot be read. */
export function hexBytes(text: string): readonly number[] | undefined {
  const found = / l=(\d{1,5}) \[([0-9a-f-]*)\]/.exec(text);
  if (found === null) return undefined;
  const [, length = "", listed = ""] = found;
  if (listed.length > BYTES_MAX * 3) return undefined;
  const bytes = listed === "" ? [] : listed.split("-").map((byte) => Number.parseInt(byte, 16));
  const sound = bytes.length === Number(length) && /^(?:[0-9a-f]{2}(?:-(?=.)|$))*$/.test(listed);
  return sound ? bytes : undefined;
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
