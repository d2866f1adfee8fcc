import { expect, test } from "vitest";
import { foundLine } from "../../../src/cli/report/exploration.ts";

// Goal: an exploration that was interrupted before its first run claims nothing.
test("where nothing was tried, nothing is said to be whole", () => {
  expect(foundLine([])).toBe("nothing was tried");
});
