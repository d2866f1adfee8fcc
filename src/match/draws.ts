import { assert } from "../assert.ts";

/** A seeded stream of numbers for one run of many: what it draws depends on nothing else. */
export class Draws {
  private _state: number;

  constructor(seed: number, index: number) {
    this._state = mixed(mixed(seed) ^ index);
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    assert(limit >= 1, "there is something to draw from");
    this._state = (this._state + GOLDEN) >>> 0;
    return Math.floor((mixed(this._state) / 2 ** 32) * limit);
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    assert(item !== undefined, "the list holds what was drawn");
    return item;
  }
}

/** 2^32 by the golden ratio: steps of this size visit all states, evenly. */
const GOLDEN = 0x9e3779b9;

/** Spreads each bit over all others, one to one. */
function mixed(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
