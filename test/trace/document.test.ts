import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeEvent, encodeHead, readTrace } from "../../src/trace/jsonl.ts";
import { lines } from "./samples.ts";

const page = readFileSync(new URL("../../docs/trace.md", import.meta.url), "utf8");
const example = page
  .split("\n")
  .filter((line) => line.startsWith("    {"))
  .map((line) => line.trim());

// Goal: the page that other readers are written from is right.
// Method: its example is read, and written again to the letter.
test("the example of the trace's page is a trace", () => {
  const trace = readTrace(example);
  expect([encodeHead(trace.head), ...trace.events.map(encodeEvent)]).toEqual(example);
});

// Goal: the page leaves nothing out.
// Method: each field of each event is spoilt in turn; what the reader says it should have been,
// word for word, has to be on the page.
test.each(lines)("the page tells all of $e", (body) => {
  expect(page).toMatch(codeWord(body.e));
  for (const field of Object.keys(body).filter((key) => key !== "e")) {
    expect(page).toMatch(codeWord(field));
    const line = JSON.stringify({ ...body, n: 0, t: 0, [field]: null });
    for (const word of wordsFor(line)) expect(page).toMatch(codeWord(word));
  }
});

/** The words of which one would have been right. */
function wordsFor(line: string): readonly string[] {
  try {
    readTrace([example[0] ?? "", line]);
  } catch (error) {
    const words = /is not one of (.*)$/.exec(String(error))?.[1];
    return words?.split(", ") ?? [];
  }
  throw new Error("a spoilt line was read");
}

/** `word` or "word" as the page marks it. */
function codeWord(word: string): RegExp {
  return new RegExp(`[\`"]${word.replace(".", "\\.")}[\`"]`);
}
