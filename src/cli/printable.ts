/**
 * What a terminal would not show but obey: control characters, the C1 ones with them, and what
 * turns the direction of the text round.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A text from outside as one line that every terminal shows and none obeys. Whatever a stranger's
 * file says goes through here, or through one of those below, before it is printed.
 */
export function visible(text: string): string {
  return text.replace(OBEYED, escaped);
}

/** The same of a report of several lines, which is to stay one. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** A document as JSON, in which the same characters are escaped: it says the same. */
export function visibleJson(document: unknown): string {
  const text = JSON.stringify(document, undefined, 2);
  return text
    .split("\n")
    .map((line) => line.replace(OBEYED, jsonEscaped))
    .join("\n");
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : jsonEscaped(character);
}

function jsonEscaped(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
