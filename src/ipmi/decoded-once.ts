import { Malformed } from "./message.ts";
import type { Layout } from "./record.ts";

/** A message's data, which are decoded once however many ask for them. They stay as they are. */
export class DecodedOnce {
  private readonly _message: Uint8Array;
  private readonly _start: number;
  private _bytes: Uint8Array | undefined;
  private _layout: Layout<unknown> | undefined;
  private _value: unknown;

  /** `start`: where in the message the data begin. */
  constructor(message: Uint8Array, start: number) {
    this._message = message;
    this._start = start;
  }

  get bytes(): Uint8Array {
    // A view of so few bytes would cost more: the engine moves what is viewed out of its heap.
    this._bytes ??= this._message.slice(this._start);
    return this._bytes;
  }

  /** Undefined when the data have not this layout's form. */
  by<T>(layout: Layout<T>): T | undefined {
    if (this._layout !== layout) {
      this._value = decoded(layout, this.bytes);
      this._layout = layout;
    }
    return this._value as T | undefined;
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
