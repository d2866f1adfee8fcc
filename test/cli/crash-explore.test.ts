import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BREAKAGE_NAMES, DEATH_NAMES } from "../../src/lab/crash/breakages.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crash-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function explore(...args: readonly string[]) {
  const all = [MAIN, "crash", "explore", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("crash explore", () => {
  test("has everything break under one short command, and nothing comes of it", () => {
    const { status, stdout, stderr } = explore("--interface", "bt", "--raw", "18 01", "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [bt, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(bt).toMatchObject({ interface: "bt", spacing: 1, budgetUs: 3_000 });
    const names = bt.trials.map(({ trial }: { trial: string }) => trial);
    expect(names).toEqual([...BREAKAGE_NAMES, ...DEATH_NAMES]);
    expect(bt.trials[0]).toMatchObject({ trial: "stops", runs: bt.accesses, broken: [] });
  }, 120_000);

  test("shows one run, and writes its trace", () => {
    const trace = join(folder, "run.jsonl");
    const { status, stdout } = explore(
      "--at",
      "kcs:mem:0xfeb00000/4:32",
      "--only",
      "stops@1",
      "--trace",
      trace,
    );
    expect(status).toBe(0);
    expect(stdout).toContain("kcs, stops@1: the BMC: its processor stands still");
    expect(stdout).toContain("the BMC answered 0 of 3 commands");
    expect(stdout).toContain("nothing is wrong with that");
    expect(readFileSync(trace, "utf8")).toContain('"taken-over"');
  });
});

// Goal: whatever is wrong is one clear line and the right status.
describe("crash explore refuses", () => {
  test.each([
    ["an interface that it does not speak", ["--interface", "lan"], "kcs, smic, bt, ssif"],
    ["two places", ["--interface", "kcs", "--at", "kcs:io:0xca2"], "not both"],
    ["a bus that a system drives", ["--at", "ssif:i2c-1:0x10"], "registers of an interface"],
    ["between two words", ["--at", "kcs:mem:0xfeb00001/4:32"], "lie at multiples of 4 bytes"],
    ["a spacing that no lab has", ["--at", "kcs:io:0xca2/2"], "1, 4 or 16 bytes apart"],
    ["a run on all interfaces", ["--only", "resets@1"], "say which by --interface"],
    ["a point that is none", ["--interface", "kcs", "--only", "burns@1"], "what can break: stops"],
    ["a point behind the end", ["--interface", "bt", "--only", "stops@9999"], "accesses up to"],
    ["a trace of everything", ["--trace", "x"], "say which by --only"],
  ])("%s", (_name, args, why) => {
    const { status, stdout, stderr } = explore(...args);
    expect(stderr).toContain(why);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
