import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const PACKAGE = new URL("../../package.json", import.meta.url);
const EXAMPLE = fileURLToPath(
  new URL("../../docs/examples/impatient-monitor.yaml", import.meta.url),
);
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-options-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, BASEBOARD_CACHE: join(folder, "cache") },
  });
  return { status, stdout, stderr };
}

test("--version says the package's version", () => {
  const { version } = JSON.parse(readFileSync(PACKAGE, "utf8"));
  expect(baseboard("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

// Goal: whoever gives an option that does nothing is told so. Method: each such option with parties
// that it is not for.
describe("an option that would do nothing is refused", () => {
  test.each([
    [["run", "a-right-match", "--real-time"], /--real-time: that is for a Linux host/],
    [["run", "a-right-match", "--no-snapshot"], /--no-snapshot: that is for a Linux host/],
    [["run", "a-right-match", "--qemu", "/bin/true"], /--qemu: that is for a Linux host, or/],
    [["run", "a-right-match", "--bmc", "qemu", "--events", "9"], /--events: that is for the host/],
    [["matrix", "a-right-match", "--qemu", "/bin/true"], /--qemu: that is for a Linux host/],
    [["explore", "a-right-match", "--qemu", "/bin/true"], /--qemu: that is for a Linux host/],
    [["scenarios", "phantom", "--schema"], /--schema phantom: the schema is one for all/],
    [["kernels", "--json", "remove", "6.1"], /--json: only the list has a document/],
    [["kernels", "remove", "6.1", "--json"], /--json: only the list has a document/],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = baseboard(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

test("several scenarios with one trace are refused, and nothing is written", () => {
  const { status, stdout, stderr } = baseboard(
    ...["run", "a-right-match", "dead-channel", "--trace", "x.jsonl"],
  );
  expect(stderr).toMatch(
    /--trace x\.jsonl: a trace holds one match, and here are 2; run each alone/,
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(existsSync(join(folder, "x.jsonl"))).toBe(false);
});

test("a file of another kind is named as what it is", () => {
  expect(baseboard("run", "a-right-match", "--trace", "t.jsonl").status).toBe(0);
  writeFileSync(join(folder, "r"), 'format: baseboard-run\nversion: "1"\n');
  for (const [file, what] of [
    ["t.jsonl", "trace"],
    ["r", "run file"],
  ]) {
    const { status, stderr } = baseboard("run", `${file}`);
    expect(stderr).toBe(
      `baseboard: ${file}: this is a ${what}, not a scenario: baseboard replay ${file}\n`,
    );
    expect(status).toBe(2);
  }
});

test("kernels add without a spec is a wrong command, with a hint", () => {
  const { status, stderr } = baseboard("kernels", "add");
  expect(stderr).toMatch(/missing required argument 'spec'\n\(--help shows/);
  expect(status).toBe(2);
});

describe("--json", () => {
  const documents: readonly (readonly string[])[] = [
    ["run", "a-right-match"],
    ["matrix", "a-right-match"],
    ["explore", "a-right-match", "--runs", "2", "--workers", "1"],
    ["rules", "KCS-26"],
    ["scenarios", "phantom"],
    ["kernels"],
  ];

  test.each(documents)("%s %s: into a file, beside what is printed", (...args) => {
    const { status, stdout } = baseboard(...args, "--json=d.json");
    expect(JSON.parse(readFileSync(join(folder, "d.json"), "utf8"))).toBeTypeOf("object");
    expect(stdout).not.toMatch(/^[{[]/);
    expect(status).toBe(0);
  });

  test.each([["--json"], ["--json=-"]])("%s is standard output", (option) => {
    const { status, stdout } = baseboard("run", "a-right-match", option);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: "a-right-match" });
    expect(existsSync(join(folder, "-"))).toBe(false);
    expect(status).toBe(0);
  });

  test("takes no name for a file", () => {
    const { status, stdout } = baseboard("matrix", "--json", "a-right-match");
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: ["a-right-match"] });
    expect(status).toBe(0);
  });

  test("a file that cannot be written is refused before anything is played", () => {
    const { status, stdout, stderr } = baseboard("run", "a-right-match", "--json=no/such/x");
    expect(stderr).toMatch(
      /--json no\/such\/x: cannot be written: there is no such file or folder/,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

// Goal: no search is had whose findings have no place, and none are lost.
describe("where explore writes", () => {
  test.each([
    ["ok.yaml", /--out ok\.yaml: cannot be written: it is not a folder/],
    ["/dev/full", /--out \/dev\/full: cannot be written: it is not a folder/],
    ["/proc/x", /--out \/proc\/x: cannot be written: there is no such file or folder/],
  ])("%s is refused before the search", (out, message) => {
    writeFileSync(join(folder, "ok.yaml"), "");
    const args = ["--fault-everywhere", "--runs", "40", "--out", out];
    const { status, stdout, stderr } = baseboard("explore", EXAMPLE, ...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("a folder for nothing is not left behind", () => {
    const args = ["--runs", "2", "--workers", "1", "--out", "a/b"];
    expect(baseboard("explore", "a-right-match", ...args).status).toBe(0);
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  test("findings are printed though one of them cannot be written", () => {
    mkdirSync(join(folder, "runs", "impatient-monitor-0.yaml"), { recursive: true });
    const args = ["--fault", "answer-lost", "--runs", "1", "--workers", "1"];
    const { status, stdout, stderr } = baseboard("explore", EXAMPLE, ...args);
    expect(stdout).toMatch(
      /^1 broken run of 1 sort \(rule and faults\); the first of each is kept$/m,
    );
    expect(stdout).toMatch(/^STACK-02 .*\n {2}found: .*\n(.*\n)? {2}not kept: .* it is a folder$/m);
    expect(stderr).toMatch(
      /^baseboard: --out runs\/impatient-monitor-0\.yaml: .* it is a folder\n$/,
    );
    expect(status).toBe(2);
  });
});
