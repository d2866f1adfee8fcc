/**
 * What a terminal would not show but obey: control characters, the C1 ones with them, and what
 * turns the direction of the text round.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
export const OBEYED = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text from outside as one line that every terminal and every page shows and none obeys. Whatever a
 * stranger's file says goes through here before it is shown.
 */
export function visible(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** One of those characters, or any other of 16 bits, as an escape of JSON's: \u202e. */
export function jsonEscaped(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : jsonEscaped(character);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
