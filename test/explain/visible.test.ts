import { expect, test } from "vitest";
import { visible } from "../../src/explain/index.ts";

test("what a reader's program would obey is shown in place of being obeyed", () => {
  expect(visible("\u001b[31mred\u202eder\n")).toBe("\\x1b[31mred\\u202eder\\x0a");
  expect(visible("plain: ä, 漢, <b>")).toBe("plain: ä, 漢, <b>");
});
