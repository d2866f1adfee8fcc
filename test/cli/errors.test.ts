import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assert } from "../../src/assert.ts";
import { endingOf } from "../../src/cli/ending.ts";
import { parseHex } from "../../src/ipmi/index.ts";
import { readTrace } from "../../src/trace/jsonl.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const CATALOGUE = fileURLToPath(new URL("../../scenarios/", import.meta.url));
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-errors-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As a shell runs it, so that standard output can be a device. */
function shell(command: string) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      BASEBOARD_CACHE: join(folder, "cache"),
      B: `${process.execPath} ${MAIN}`,
    },
  });
  return { status, stdout, stderr };
}

function expectOneLine(stderr: string) {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^baseboard: /);
}

// Goal: what the machine refuses is one line with the place and exit status 3, never a stack.
describe("a full device", () => {
  test.each([
    ["$B run a-right-match --trace /dev/full", /--trace \/dev\/full: .*no space is left/],
    ["$B matrix a-right-match --markdown /dev/full", /--markdown \/dev\/full: .*no space/],
    ["$B run a-right-match > /dev/full", /standard output: no space is left/],
    ["$B run a-right-match --json > /dev/full", /standard output: no space is left/],
    ["$B rules > /dev/full", /standard output: no space is left/],
    ["$B --help > /dev/full", /standard output: no space is left/],
    ["$B explore a-right-match --runs 2 --workers 1 > /dev/full", /standard output: no space/],
  ])("%s", (command, message) => {
    const { status, stderr } = shell(command);
    expect(stderr).toMatch(message);
    expectOneLine(stderr);
    expect(status).toBe(3);
  });

  test("the matrix is printed though its file cannot be written", () => {
    const { stdout } = shell("$B matrix a-right-match --markdown /dev/full");
    expect(stdout).toMatch(/^a-right-match +passes$/m);
  });
});

describe("a cache that is not one", () => {
  test("a file in its place", () => {
    writeFileSync(join(folder, "cache"), "");
    mkdirSync(join(folder, "tree"));
    writeFileSync(join(folder, "image"), "");
    const { status, stderr } = shell("$B kernels add path:image,tree");
    expect(stderr).toMatch(/cache\/kernels: a part of the path is not a folder \(ENOTDIR\)/);
    expectOneLine(stderr);
    expect(status).toBe(3);
  });

  test("a place where nothing can be made", () => {
    mkdirSync(join(folder, "tree"));
    writeFileSync(join(folder, "image"), "");
    const { status, stderr } = shell("BASEBOARD_CACHE=/proc/1 $B kernels add path:image,tree");
    expect(stderr).toMatch(/^baseboard: \/proc\/1\/kernels: /);
    expectOneLine(stderr);
    expect(status).toBe(3);
  });

  test("a folder in the manifest's place is passed over", () => {
    mkdirSync(join(folder, "cache", "kernels", "x", "kernel.json"), { recursive: true });
    const { status, stdout, stderr } = shell("$B kernels");
    expect(stdout).toMatch(/^no kernels here/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

test("a scenario that is a folder is the command's mistake", () => {
  const { status, stderr } = shell("mkdir f.yaml; $B run f.yaml");
  expect(stderr).toMatch(/cannot read the scenario f\.yaml: it is a folder \(EISDIR\)/);
  expectOneLine(stderr);
  expect(status).toBe(2);
});

test("a link in the place of a partial file is not followed", () => {
  const text = readFileSync(join(CATALOGUE, "a-right-match.yaml"), "utf8");
  writeFileSync(join(folder, "s.yaml"), text);
  // The name holds the process's number, which `exec` keeps.
  const { status } = shell(
    'echo precious > p; ln -s p "t.jsonl.partial-$$"; exec $B run ./s.yaml --trace t.jsonl',
  );
  expect(status).toBe(0);
  expect(readFileSync(join(folder, "p"), "utf8")).toBe("precious\n");
  expect(readdirSync(folder).sort()).toEqual(["p", "s.yaml", "t.jsonl"]);
});

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("what is thrown", () => {
  test("a bug of ours keeps its stack, is called one, and has a status of its own", () => {
    const bug = thrownBy(() => assert(false, "a byte is left to send"));
    const { exit, text } = endingOf(bug);
    expect(text).toMatch(/^baseboard: this is a bug in baseboard; .*:\nError: .*a byte is left/);
    expect(text).toMatch(/^ +at /m);
    expect(exit).toBe(70);
  });

  test.each([
    ["hex", () => parseHex("18 1ff"), "BAD_HEX"],
    ["a trace", () => readTrace("hello\n"), "not-a-trace"],
  ])("%s that is wrong has a code, and no stack", (_what, run, code) => {
    const error = thrownBy(run);
    expect(error).toMatchObject({ code, exit: 2 });
    expect(endingOf(error)).toMatchObject({ exit: 2, text: expect.not.stringMatching(/\n./) });
  });
});
