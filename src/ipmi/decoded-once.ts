import { Malformed } from "./message.ts";
import type { Layout } from "./record.ts";

/** A message's data, which are decoded once however many ask for them. They stay as they are. */
export class DecodedOnce {
  readonly #message: Uint8Array;
  readonly #start: number;
  #bytes: Uint8Array | undefined;
  #layout: Layout<unknown> | undefined;
  #value: unknown;

  /** `start`: where in the message the data begin. */
  constructor(message: Uint8Array, start: number) {
    this.#message = message;
    this.#start = start;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= this.#message.subarray(this.#start);
    return this.#bytes;
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
