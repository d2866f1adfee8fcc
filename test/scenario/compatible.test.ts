import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readScenario } from "../../src/lab/index.ts";

/** A scenario, and what it was read as. */
interface Read {
  readonly file: string;
  /** Of the catalogue's, which goes on changing: as it was then. The rest lie beside this. */
  readonly text?: string;
  readonly value: object;
}

const root = new URL("../../", import.meta.url);
const values = readFileSync(new URL("cases/values.jsonl", import.meta.url), "utf8");
const reads = values
  .trimEnd()
  .split("\n")
  .map((line): Read => JSON.parse(line));

// Goal: what was read rightly before reads the same for ever. Method: the values were written down by
// the reader that had no table of faults yet. What is expected of a match is not among them.
test.each(reads)("$file reads as it did", ({ file, text, value }) => {
  const now = readScenario(text ?? readFileSync(new URL(file, root), "utf8"), file);
  const { expect: _expected, ...scenario } = now;
  expect(JSON.parse(JSON.stringify(scenario, plain))).toEqual(value);
});

function plain(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: Buffer.from(value).toString("hex") } : value;
}
