import fc from "fast-check";
import { expect, test } from "vitest";
import { type Line, LineStore } from "../../viewer/trace/lines.ts";
import { commandTimes, percentile, transferRow } from "../../viewer/trace/transfers.ts";
import { shellWord } from "../../viewer/views/words.ts";

test("percentiles are of the nearest rank", () => {
  const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
  expect([50, 90, 99, 100].map((percent) => percentile(sorted, percent))).toEqual([
    100, 180, 198, 200,
  ]);
  expect(percentile([7], 50)).toBe(7);
  expect(percentile([], 99)).toBe(0);
});

test("only what was answered counts for how long a command takes", () => {
  const over = (endUs: number, outcome: "answered" | "under way") =>
    transferRow({
      number: 1,
      startUs: 0,
      endUs,
      outcome,
      request: Uint8Array.of(0x18, 0x01),
      response: outcome === "answered" ? Uint8Array.of(0x1c, 0x01, 0x00) : new Uint8Array(),
    });
  const rows = [over(10, "answered"), over(30, "answered"), over(9_000, "under way")];
  expect(commandTimes(rows)).toEqual([
    { command: "Get Device ID", count: 3, unanswered: 1, p50: 10, p90: 30, p99: 30, most: 30 },
  ]);
  expect(rows.map(({ code }) => code)).toEqual([0, 0, -1]);
});

test("lines come out as they went in, however they are cut", () => {
  const texts = fc.array(
    fc.string().map((text) => text.replaceAll("\n", " ")),
    { maxLength: 700 },
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (lines, piece) => {
      const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
      const store = new LineStore();
      const came: (string | undefined)[] = [];
      for (let at = 0; at < bytes.length; at += piece) {
        for (const line of store.push(bytes.subarray(at, at + piece))) {
          came.push(lineText(line));
          store.keep();
        }
      }
      expect(store.end()).toBeUndefined();
      expect(came).toEqual(lines);
      expect(lines.map((_, at) => lineText(store.at(at)))).toEqual(lines);
      expect(store.at(lines.length)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

// Goal: lines that do not fit what is left of a chunk, or no chunk at all. Method: some of 300 kB, and one of 3 MB.
test("long lines come out as they went in", () => {
  const lines = [300_000, 5, 300_000, 3_000_000, 0, 300_000, 1].map((length, i) => {
    return String(i).repeat(length);
  });
  const bytes = new TextEncoder().encode(lines.join("\n"));
  const store = new LineStore();
  for (let at = 0; at < bytes.length; at += 65_536) {
    for (const _ of store.push(bytes.subarray(at, at + 65_536))) store.keep();
  }
  expect(lineText(store.end())).toBe("6");
  store.keep();
  expect(lines.map((_, at) => lineText(store.at(at)) === lines[at])).toEqual(lines.map(() => true));
});

function lineText(line: Line | undefined): string | undefined {
  return line && new TextDecoder().decode(line.bytes.subarray(line.from, line.to));
}

test.each([
  ["dead.trace.jsonl", "dead.trace.jsonl"],
  ["-rf", "'-rf'"],
  ["it's $(here)", "'it'\\''s $(here)'"],
])("the name %s is one word of a shell", (name, word) => {
  expect(shellWord(name)).toBe(word);
});
