/** What a stranger's text must go through before it is printed: `visible`, or one of those below. */
import { jsonEscaped, OBEYED, visible } from "../explain/index.ts";

export { visible };

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
