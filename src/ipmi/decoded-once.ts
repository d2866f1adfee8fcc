import { Malformed } from "./message.ts";
import type { Layout } from "./record.ts";

/** A message's data, which are decoded once however many ask for them. They stay as they are. */
export class DecodedOnce {
  readonly bytes: Uint8Array;
  #layout: Layout<unknown> | undefined;
  #value: unknown;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Undefined when the data have not this layout's form. */
  by<T>(layout: Layout<T>): T | undefined {
    if (this.#layout !== layout) {
      this.#value = decoded(layout, this.bytes);
      this.#layout = layout;
    }
    return this.#value as T | undefined;
  }
}

function decoded<T>(layout: Layout<T>, bytes: Uint8Array): T | undefined {
  try {
    return layout.decode(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
