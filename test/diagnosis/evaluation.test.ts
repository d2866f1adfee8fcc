import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KNOWLEDGE_FILE } from "../../src/cli/knowledge.ts";
import { readMatches } from "../../src/diagnosis/index.ts";
import {
  leaveOneKernelOut,
  leaveOneSeriesOut,
  shareFound,
  trialsMarkdown,
} from "../../tools/knowledge/evaluate.ts";

const matches = readMatches(readFileSync(KNOWLEDGE_FILE, "utf8"));

// Goal: a log of a kernel that nobody here has played is recognised. Method: each kernel in its turn is
// taken for one.
test("the right scenario is among the first three in nine of ten", () => {
  const trials = leaveOneKernelOut(matches);
  expect(trials.length).toBeGreaterThan(150);
  expect(shareFound(trials)).toBeGreaterThanOrEqual(0.9);
  expect(shareFound(leaveOneSeriesOut(matches))).toBeGreaterThanOrEqual(0.9);
});

test("the document shows these figures", () => {
  const document = readFileSync(new URL("../../docs/diagnose.md", import.meta.url), "utf8");
  expect(document).toContain(trialsMarkdown(matches));
});
