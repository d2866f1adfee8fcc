import { assert } from "../../assert.ts";
import { hex } from "../../ipmi/message.ts";
import { ESC, LINE_CHARS_MAX, NEWLINES, type Newline, TERMINAL_CHARS_MAX } from "./protocol.ts";

/** What comes out of a stream of terminal mode. */
export type TerminalItem =
  /** Bytes in hexadecimal between brackets: NetFn/LUN, sequence and bridge, Cmd, ... */
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  /** Words between brackets, as they were written: `SYS TMODE`, `OK`, `ERR C1`. */
  | { readonly kind: "text"; readonly text: string }
  /** Brackets with something between that is neither, or too much of it. */
  | { readonly kind: "refused"; readonly why: "content" | "length" }
  /** The escape character: what was written of the line is taken back. */
  | { readonly kind: "escape" }
  /** The escape character and `(`: the port is asked to be the BMC's. */
  | { readonly kind: "switch" };

const BACKSPACE = 0x08;
const DELETE = 0x7f;

const At = {
  /** Between messages, where anything may stand. */
  Outside: 0,
  /** After an escape character. */
  Escaped: 1,
  /** After `[`. */
  Inside: 2,
  /** After a backslash: the newline that follows is none. */
  Continued: 3,
  /** After `]`: a newline makes it a message. */
  Closed: 4,
} as const;
type At = (typeof At)[keyof typeof At];

/**
 * Takes messages out of the characters of a terminal. Who receives does not know where a line of a
 * terminal began, so all but what stands from `[` to `]` and a newline is passed over.
 * @see IPMI 2.0 §14.7
 */
export class TerminalReader {
  private _at: At = At.Outside;
  private _text = "";
  private readonly _charsMax: number;

  /** `charsMax`: as many characters are kept, brackets included; a longer message is refused. */
  constructor(charsMax: number = TERMINAL_CHARS_MAX) {
    this._charsMax = charsMax;
  }

  push(bytes: Uint8Array): readonly TerminalItem[] {
    const items: TerminalItem[] = [];
    for (const byte of bytes) {
      const item = this.#take(byte);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #take(byte: number): TerminalItem | undefined {
    const char = String.fromCharCode(byte);
    if (byte === ESC) return this.#restart(At.Escaped, { kind: "escape" });
    if (char === "[") return this.#restart(At.Inside, undefined);
    switch (this._at) {
      case At.Outside:
        return undefined;
      case At.Escaped:
        return this.#restart(At.Outside, char === "(" ? { kind: "switch" } : undefined);
      case At.Continued:
        if (!isNewline(char)) this._at = At.Inside;
        if (!isNewline(char)) this.#write(byte, char);
        return undefined;
      case At.Inside:
        this.#write(byte, char);
        return undefined;
      case At.Closed:
        if (isNewline(char)) return this.#restart(At.Outside, this.#message());
        if (char !== " ") this._at = At.Outside;
        return undefined;
    }
  }

  #restart<T>(at: At, item: T): T {
    this._at = at;
    this._text = "";
    return item;
  }

  #write(byte: number, char: string): void {
    if (char === "]") {
      this._at = At.Closed;
    } else if (char === "\\") {
      this._at = At.Continued;
    } else if (byte === BACKSPACE || byte === DELETE) {
      this._text = this._text.slice(0, -1);
    } else if (this._text.length <= this._charsMax) {
      // A newline within the brackets is kept, so that the message is refused.
      this._text += char;
    }
  }

  /** Before `#restart` takes the text away. */
  #message(): TerminalItem {
    const text = this._text;
    if (text.length + 2 > this._charsMax) return { kind: "refused", why: "length" };
    if (/^(?:SYS|OK|ERR)\b/i.test(text)) return { kind: "text", text };
    const digits = /^ ?((?:[0-9a-f]{2} ?)+)$/i.exec(text)?.[1]?.replaceAll(" ", "");
    if (digits === undefined) return { kind: "refused", why: "content" };
    const bytes = new Uint8Array(digits.length / 2);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
    }
    return { kind: "message", bytes };
  }
}

/** How lines of terminal mode are written. */
export interface TerminalStyle {
  readonly newline: Newline;
  /** Longest line, in characters without its newline: what is longer goes on in the next one. */
  readonly lineCharsMax: number;
}

export const TERMINAL_STYLE: TerminalStyle = { newline: "crlf", lineCharsMax: LINE_CHARS_MAX };

/** A message as it is written out: bytes in capitals, with a space between each two. */
export function terminalMessage(bytes: Uint8Array, style: TerminalStyle): Uint8Array {
  return terminalText(hex(bytes).toUpperCase(), style);
}

/** Words as they are written out, such as `OK`. */
export function terminalText(text: string, { newline, lineCharsMax }: TerminalStyle): Uint8Array {
  assert(lineCharsMax >= 2, "a line has room for a character and a backslash");
  const end = NEWLINES[newline];
  const lines: string[] = [];
  let left = `[${text}]`;
  while (left.length > lineCharsMax) {
    lines.push(`${left.slice(0, lineCharsMax - 1)}\\`);
    left = left.slice(lineCharsMax - 1);
  }
  return ascii([...lines, left].map((line) => line + end).join(""));
}

/** Each character as its byte. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function isNewline(char: string): boolean {
  return char === "\r" || char === "\n" || char === "\0";
}
