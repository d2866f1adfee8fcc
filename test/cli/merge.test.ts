import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const BROKEN = fileURLToPath(
  new URL("../../docs/examples/impatient-monitor.yaml", import.meta.url),
);
/** A search is begun four times. */
const LONG_MS = 120_000;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-merge-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

function text(file: string) {
  return readFileSync(join(folder, file), "utf8");
}

function json(file: string) {
  return JSON.parse(text(file));
}

// Goal: what several machines find is what one finds. Method: the same search in one piece and in
// three; some of its runs are broken.
describe("an exploration in three shards", () => {
  const SEARCH = ["explore", BROKEN, "--fault", "answer-lost", "--workers", "1"];

  beforeAll(() => {
    expect(baseboard(...SEARCH, "--runs", "12", "--json=whole.json").status).toBe(1);
    for (const part of [1, 2, 3]) {
      const shard = ["--runs", "4", "--shard", `${part}/3`, `--json=${part}.json`];
      expect(baseboard(...SEARCH, ...shard).stdout).toMatch(
        new RegExp(`, seed 0, shard ${part} of 3$`, "m"),
      );
    }
  }, LONG_MS);

  test("comes to the same as in one piece", () => {
    const merged = baseboard("merge", "2.json", "3.json", "1.json", "--json=merged.json");
    expect(merged.stderr).toBe("");
    expect(merged.status).toBe(1);
    const timeless = ({ seconds, ...rest }: Record<string, unknown>) => rest;
    expect(timeless(json("merged.json"))).toEqual(timeless(json("whole.json")));
    expect(merged.stdout).toMatch(/^STACK-02 .* the bound is 4\.0 s/m);
    expect(merged.stdout).toMatch(/^\d+ broken runs of 1 sort/m);
  });

  test("is written for test tools, too", () => {
    const files = ["--junit", "merged.xml", "--ktap", "merged.tap", "--markdown", "merged.md"];
    expect(baseboard("merge", "1.json", "2.json", "3.json", ...files).status).toBe(1);
    expect(text("merged.xml")).toMatch(/<testsuite name="stack" tests="1" failures="1"/);
    expect(text("merged.tap")).toMatch(/not ok 1 .*impatient-monitor/);
    expect(text("merged.md")).toMatch(/^\| impatient-monitor \| stack \| kcs \|.*\| 12 \|/m);
  });

  test.each([
    [["1.json", "3.json"], /: shard 2\/3 is missing\n$/],
    [["1.json", "2.json", "3.json", "2.json"], /: shard 2\/3 is there 2 times\n$/],
    [["1.json", "no-such.json"], /no-such\.json: there is no such file/],
    [["junk.json"], /junk\.json: it is no JSON\n$/],
    [["other.json"], /other\.json: it is no JSON document of `baseboard explore` or/],
  ])("%j is refused", (files, message) => {
    writeFileSync(join(folder, "junk.json"), "{");
    writeFileSync(join(folder, "other.json"), "[7]");
    const { status, stdout, stderr } = baseboard("merge", ...files);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("an exploration is not merged with a matrix", () => {
    baseboard("matrix", "phantom", "--json=matrix.json");
    const { status, stderr } = baseboard("merge", "1.json", "matrix.json");
    expect(stderr).toMatch(/some files are of an exploration, some of a matrix/);
    expect(status).toBe(2);
  });
});

test("a matrix in two shards is the matrix", () => {
  const scenarios = ["phantom", "device-id", "sticky-event-buffer"];
  const play = ["matrix", ...scenarios, "--interface", "kcs,bt"];
  const whole = baseboard(
    ...play,
    "--json=matrix.json",
    "--ktap",
    "whole.tap",
    "--markdown",
    "whole.md",
  );
  for (const part of [1, 2]) baseboard(...play, "--shard", `${part}/2`, `--json=m${part}.json`);
  const files = ["--json=merged-matrix.json", "--ktap", "parts.tap", "--markdown", "parts.md"];
  const merged = baseboard("merge", "m1.json", "m2.json", ...files);
  expect(merged.stdout).toBe(whole.stdout);
  expect(merged.status).toBe(whole.status);
  expect(json("merged-matrix.json")).toEqual(json("matrix.json"));
  expect(text("parts.tap")).toBe(text("whole.tap"));
  expect(text("parts.md")).toBe(text("whole.md"));
});

test.each(["0/2", "3/2", "1", "a/b", "1/20000"])("--shard %s is refused", (shard) => {
  const { status, stdout, stderr } = baseboard("explore", "phantom", "--shard", shard);
  expect(stderr).toMatch(/--shard .*: 1\/n to n\/n, as 2\/8, and n at most 10000/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});
