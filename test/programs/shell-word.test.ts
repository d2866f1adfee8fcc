import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "../../src/programs/shell-word.ts";

test.each(["plain", "exec:sh a/b-c.sh", "it's $HOME; `x` \\ \"", "", "*"])(
  "%j is one word for a shell, and that text",
  (text) => {
    const said = execFileSync("sh", ["-c", `printf '[%s]' ${shellWord(text)}`], {
      encoding: "utf8",
    });
    expect(said).toBe(`[${text}]`);
  },
);

test("what a shell takes as it is stays as it is", () => {
  expect(shellWord("scenario:enables-refused")).toBe("scenario:enables-refused");
});
