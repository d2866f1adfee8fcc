import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Progress } from "../../src/cli/progress.ts";

let said: string[] = [];
const terminal = process.stderr.isTTY;

beforeEach(() => {
  said = [];
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  process.stderr.isTTY = terminal;
});

// Goal: whoever reads a pipe is told why nothing comes, once for each match, and is not disturbed by
// matches that are over soon. Method: two matches in a pipe, on a clock of our own.
test("in a pipe only what takes long is named, once", () => {
  process.stderr.isTTY = false;
  const progress = new Progress(2, false);
  const shortOver = progress.next("a short one on stack");
  progress.next("a long one on linux:6.1");
  vi.advanceTimersByTime(50_000);
  shortOver();
  vi.advanceTimersByTime(500_000);
  progress.end();
  expect(said).toEqual([
    "baseboard: a long one on linux:6.1 has been played for 60 s, and goes on\n",
  ]);
});

test("on a terminal each is named when it begins, and no more", () => {
  process.stderr.isTTY = true;
  const progress = new Progress(1, false);
  progress.next("a long one on linux:6.1");
  vi.advanceTimersByTime(500_000);
  expect(said).toEqual(["\r\u001b[K1/1 a long one on linux:6.1"]);
});
