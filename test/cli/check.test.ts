import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseXml } from "./xml.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function check(...args: readonly string[]) {
  const all = [MAIN, "check", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("check", () => {
  test("says of a right BMC that it conforms, case by case", () => {
    const { status, stdout, stderr } = check("model");
    expect(stdout).toMatch(/^model on kcs, seed 0: \d+ cases/);
    expect(stdout).toMatch(/^ {2}conforms {6}sel\/walk$/m);
    expect(stdout).toMatch(/^ {2}not claimed {3}claims\/command-support$/m);
    expect(stdout).not.toContain("violates");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("names the rule that a scenario's BMC breaks, and how to see that again", () => {
    const { status, stdout } = check("scenario:enables-refused", "--interface", "kcs");
    expect(stdout).toMatch(/^ {2}GEN-08 {2}violates {2}\[IPMI 2\.0 §9\.1, §19\.3\]$/m);
    expect(stdout).toContain(
      "again: baseboard check scenario:enables-refused --interface kcs --case wire/bring-up",
    );
    expect(status).toBe(1);
  });

  test("takes a program of the user's own for the BMC, and quotes it for a shell", () => {
    const small = fileURLToPath(new URL("../../docs/examples/small-ipmid.sh", import.meta.url));
    const { status, stdout } = check(`exec:sh ${small}`, "--interface", "bt", "--case", "app");
    expect(stdout).toMatch(/^ {2}violates {6}app\/bt-capabilities \[BT-27, GEN-08\]$/m);
    expect(stdout).toContain(
      `again: baseboard check 'exec:sh ${small}' --interface bt --case wire/bring-up`,
    );
    expect(status).toBe(1);
  });

  test("does again what it said to do again", () => {
    const { status, stdout } = check("scenario:enables-refused", "--case", "wire/bring-up");
    expect(stdout).toContain("GEN-08  violates");
    expect(status).toBe(1);
  });

  test("gives a program one document, in which each case has its command", () => {
    const { status, stdout } = check("model", "--case", "app", "--interface", "bt", "--json");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ target: "model", interface: "bt", counts: { violates: 0 } });
    const found = document.cases.find(({ id }: { id: string }) => id === "app/bt-capabilities");
    expect(found).toMatchObject({
      grade: "conforms",
      section: "IPMI 2.0 §22.10",
      command: "baseboard check model --interface bt --case app/bt-capabilities",
    });
    expect(status).toBe(0);
  });

  test("writes a trace that can be judged", () => {
    const trace = join(folder, "check.trace.jsonl");
    expect(check("model", "--case", "sel/walk", "--trace", trace).status).toBe(0);
    const judged = spawnSync(process.execPath, [MAIN, "judge", trace], { encoding: "utf8" });
    expect(judged.stdout).toContain("fault: none");
  });

  test("lists its cases, and does none", () => {
    const { status, stdout } = check("--list", "--case", "sel/walk");
    expect(stdout).toMatch(/^sel\/walk {2}The log can be walked/);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(0);
  });
});

describe("what came of a check, for others", () => {
  const bad = ["scenario:enables-refused", "--case", "wire", "--case", "app/bt-capabilities"];

  test("is in JUnit, KTAP and a Markdown table", () => {
    const [xml, ktap, table] = ["c.xml", "c.ktap", "c.md"].map((name) => join(folder, name));
    const files = ["--junit", xml ?? "", "--ktap", ktap ?? "", "--markdown", table ?? ""];
    expect(check(...bad, ...files).status).toBe(1);
    const suites = parseXml(readFileSync(xml ?? "", "utf8"));
    expect(suites.attributes).toMatchObject({ failures: "1", skipped: "1", errors: "0" });
    const lines = readFileSync(ktap ?? "", "utf8").split("\n");
    expect(lines).toContain("  not ok 1 wire/bring-up");
    expect(lines.some((line) => line.endsWith("app/bt-capabilities # SKIP only on bt"))).toBe(true);
    expect(readFileSync(table ?? "", "utf8")).toMatch(
      /^\| wire\/bring-up .*\| violates \| GEN-08 \|$[\s\S]*<details>[\s\S]*event {9}us host/m,
    );
  });

  test("is held against what was before: what is not new need not count", () => {
    const old = join(folder, "old.json");
    expect(check(...bad, `--json=${old}`).status).toBe(1);
    const again = check(...bad, "--baseline", old);
    expect(again.stdout).toContain(`against ${old}: 0 introduced, 1 as before, 0 gone`);
    expect(again.status).toBe(0);
    const document = JSON.parse(readFileSync(old, "utf8"));
    const right = document.cases.map((each: object) => ({ ...each, remarks: [] }));
    writeFileSync(old, JSON.stringify({ ...document, cases: right }));
    const worse = check(...bad, "--baseline", old);
    expect(worse.stdout).toMatch(
      /introduced {2}scenario:enables-refused on kcs, .*: violates GEN-08/,
    );
    expect(worse.status).toBe(1);
  });
});

describe("check with a wrong command", () => {
  test.each([
    [[], /which BMC\? one of model, /],
    [["nobody"], /check nobody: only model, qemu, .* can be checked today/],
    [["model", "--case", "sel/nothing"], /--case sel\/nothing: there is no such case; /],
    [["model", "--allow", "write,all"], /--allow all: one or more of write, erase, reset, power/],
    [["model", "--interface", "i2c"], /--interface i2c: one of kcs, smic, bt, ssif can be played/],
    [["qemu", "--interface", "smic"], /check qemu: QEMU has no SMIC device/],
    [["scenario:no-such"], /no scenario no-such/],
    [["model", "--fail-on", "introduced"], /--baseline says since when/],
    [["model", "--baseline", "package.json"], /package\.json: it has to be a JSON document/],
  ])("%j says what would be right", (args, says) => {
    const { status, stdout, stderr } = check(...args);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
