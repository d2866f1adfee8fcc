import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { visible, visibleJson, visibleLines } from "../../src/cli/printable.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const NASTY = "\u001b[2J\u009b31m\u202e\r\u0007";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe("a text from outside", () => {
  test("is shown, not obeyed", () => {
    expect(visible(`a${NASTY}\nb`)).toBe("a\\x1b[2J\\x9b31m\\u202e\\x0d\\x07\\x0ab");
    expect(visible("plain, ü, µs, 漢字 and 😀")).toBe("plain, ü, µs, 漢字 and 😀");
  });

  test("of several lines stays one of several lines", () => {
    expect(visibleLines("a\u001b\nb\u009b")).toBe("a\\x1b\nb\\x9b");
  });

  test("says the same in JSON", () => {
    const text = visibleJson({ [NASTY]: [NASTY, "plain"] });
    expect(text).not.toMatch(OBEYED);
    expect(JSON.parse(text)).toEqual({ [NASTY]: [NASTY, "plain"] });
  });
});

// Goal: no command lets a stranger's file steer a terminal. Method: a scenario, and a mistake in
// one, that hold what a terminal obeys.
describe("a scenario's texts reach a terminal as text only", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "baseboard-say-"));
    const own = new URL("../../scenarios/a-right-match.yaml", import.meta.url);
    const title = `title: ${JSON.stringify(NASTY)}`;
    const right = readFileSync(own, "utf8").replace(/^title:.*$/m, title);
    writeFileSync(join(folder, "right.yaml"), right);
    writeFileSync(join(folder, "wrong.yaml"), `${right}\n${JSON.stringify(NASTY)}: 1\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    [["run", "right.yaml"], 0],
    [["run", "right.yaml", "--json"], 0],
    [["run", "wrong.yaml"], 2],
    [["run", `${NASTY}.yaml`], 2],
  ])("%j", (args, expected) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout + stderr).not.toMatch(OBEYED);
    expect(stdout + stderr).toMatch(/31m|"title"/);
    expect(status).toBe(expected);
  });
});
