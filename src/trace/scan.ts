const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
/** What has no more digits is a safe integer. */
const DIGITS_MAX = 15;

/** A text of ASCII as bytes. */
export function asciiOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Reads along one line of JSON, byte by byte, what is written there in the one way in which we write it: no
 * spaces, integers without a sign, strings of printable ASCII without escapes. Whatever is written otherwise is not
 * wrong, it is for JSON's own reader: then a method gives undefined or false, and the place is where it may be.
 */
export class Scan {
  private _bytes: Uint8Array = new Uint8Array(0);
  private _at = 0;
  private _to = 0;

  /** Begins at `from`; what is from `to` on is not looked at. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this._bytes = bytes;
    this._at = from;
    this._to = to;
  }

  /** All has been read. */
  get done(): boolean {
    return this._at === this._to;
  }

  /** Goes over these bytes; whether they are what comes next. */
  meets(expected: Uint8Array): boolean {
    const { length } = expected;
    if (this._at + length > this._to) return false;
    for (let i = 0; i < length; i++) {
      if (this._bytes[this._at + i] !== expected[i]) return false;
    }
    this._at += length;
    return true;
  }

  /** An integer from 0, of 15 digits at most. */
  integer(): number | undefined {
    const from = this._at;
    let value = 0;
    while (this._at < this._to) {
      const digit = (this._bytes[this._at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
      this._at++;
    }
    const digits = this._at - from;
    if (digits === 0 || digits > DIGITS_MAX) return undefined;
    return digits > 1 && this._bytes[from] === ZERO ? undefined : value;
  }

  /** A string of printable ASCII. */
  string(): string | undefined {
    const [from, to] = [this._at + 1, this.#closing()];
    if (to === -1) return undefined;
    let text = "";
    for (let at = from; at < to; at++) text += String.fromCharCode(this._bytes[at] ?? 0);
    return text;
  }

  /** A string whose characters are bytes in lower-case hexadecimal. */
  hex(): Uint8Array | undefined {
    const [from, to] = [this._at + 1, this.#closing()];
    if (to === -1 || (to - from) % 2 !== 0) return undefined;
    const out = new Uint8Array((to - from) / 2);
    for (let i = 0; i < out.length; i++) {
      const high = digitOf(this._bytes[from + 2 * i] ?? 0);
      const low = digitOf(this._bytes[from + 2 * i + 1] ?? 0);
      if (high === -1 || low === -1) return undefined;
      out[i] = (high << 4) | low;
    }
    return out;
  }

  /** The number of the one of these strings, quotes and all, that comes next. */
  oneOf(quoted: readonly Uint8Array[]): number | undefined {
    for (let i = 0; i < quoted.length; i++) {
      const each = quoted[i];
      if (each !== undefined && this.meets(each)) return i;
    }
    return undefined;
  }

  /** Goes over a string; where its closing quote is, or -1. */
  #closing(): number {
    if (this._bytes[this._at] !== QUOTE) return -1;
    for (let at = this._at + 1; at < this._to; at++) {
      const byte = this._bytes[at] ?? 0;
      if (byte === QUOTE) {
        this._at = at + 1;
        return at;
      }
      if (byte === BACKSLASH || byte < 0x20 || byte > 0x7e) return -1;
    }
    return -1;
  }
}

function digitOf(character: number): number {
  if (character >= ZERO && character <= 0x39) return character - ZERO;
  return character >= 0x61 && character <= 0x66 ? character - 0x57 : -1;
}
