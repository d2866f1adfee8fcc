import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TemporaryFolder } from "../../src/programs/life.ts";

/** Beyond the numbers that Linux gives to processes. */
const NO_PROCESS = 4_194_399;
const LONG_AGO = new Date("2020-01-01");
let parent = "";

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "sweep-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function left(name: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, "file"), "");
  utimesSync(path, LONG_AGO, LONG_AGO);
  return path;
}

/** What is there after somebody has made a folder of that prefix. */
function afterSweep(): readonly string[] {
  const folder = new TemporaryFolder(parent, "some-");
  const names = readdirSync(parent).filter((name) => join(parent, name) !== folder.path);
  folder.kill();
  return names.sort();
}

test("what a killed process of ours has left is swept, and nothing else", () => {
  left(`some-${NO_PROCESS}-abc`);
  left(`some-${process.pid}-abc`);
  left(`other-${NO_PROCESS}-abc`);
  left("some-one's");
  mkdirSync(join(parent, `some-${NO_PROCESS}-new`));
  expect(afterSweep()).toEqual(
    [
      `other-${NO_PROCESS}-abc`,
      "some-one's",
      `some-${NO_PROCESS}-new`,
      `some-${process.pid}-abc`,
    ].sort(),
  );
});

test("a link with such a name is not followed", () => {
  const precious = left("precious");
  symlinkSync(precious, join(parent, `some-${NO_PROCESS}-abc`));
  expect(afterSweep()).toEqual(["precious", `some-${NO_PROCESS}-abc`]);
  expect(existsSync(join(precious, "file"))).toBe(true);
});

// Goal: the folder that another user's killed run has left breaks nobody. Method: as root it is given
// to another; else it is closed to us, and then cannot be swept either.
test("what is another's, or is closed, is left alone without a word", () => {
  const name = `some-${NO_PROCESS}-abc`;
  const path = left(name);
  chmodSync(path, 0);
  if (process.getuid?.() === 0) chownSync(path, 12_345, 12_345);
  expect(afterSweep()).toEqual([name]);
  if (process.getuid?.() === 0) chownSync(path, 0, 0);
  chmodSync(path, 0o700);
});
