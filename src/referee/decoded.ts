import { Malformed } from "../ipmi/message.ts";

/** What was decoded; undefined when the bytes are no such thing. */
export function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
