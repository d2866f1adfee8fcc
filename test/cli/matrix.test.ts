import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { parseXml } from "./xml.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-matrix-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function matrix(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "matrix", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, BASEBOARD_CACHE: join(folder, "cache") },
  });
  return { status, stdout, stderr };
}

function written(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** A scenario that holds the BMC blameless, though it is not; its host's verdict is right. */
function wrongScenario(name: string): string {
  const text = readFileSync(new URL("../../scenarios/dead-channel.yaml", import.meta.url), "utf8");
  const renamed = text.replace(/^name: .*$/m, `name: ${name}`);
  writeFileSync(join(folder, `${name}.yaml`), renamed.replace(/bmc: \[KCS-35\]/, "bmc: []"));
  return `./${name}.yaml`;
}

const jsonDocument = z.object({
  hosts: z.array(z.string()),
  scenarios: z.array(z.string()),
  asExpected: z.boolean(),
  cells: z.array(
    z.object({
      host: z.string(),
      scenario: z.string(),
      state: z.string(),
      text: z.string(),
      match: z.object({ asExpected: z.boolean(), verdict: z.object({ fault: z.unknown() }) }),
    }),
  ),
});

describe("the table", () => {
  test("a row for each scenario, in the order given", () => {
    const { status, stdout, stderr } = matrix("dead-channel", "a-right-match");
    expect(stdout.split("\n")).toEqual([
      "scenario       stack",
      "dead-channel   passes",
      "a-right-match  passes",
      "",
      "2 of 2 matches as expected",
      "",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("what is not as expected is told beneath, and the status is 1", () => {
    const { status, stdout } = matrix("a-right-match", wrongScenario("wrong"));
    expect(stdout).toMatch(/^wrong +not as expected$/m);
    expect(stdout).toMatch(
      /^wrong on stack: NOT as the scenario expects\n {2}the bmc breaks KCS-35/m,
    );
    expect(stdout).toMatch(/1 of 2 matches as expected/);
    expect(status).toBe(1);
  });

  test("--all has every scenario that the host can show", () => {
    const { status, stdout } = matrix("--all", "--host", "stack");
    expect(stdout).toMatch(/^sticky-event-buffer +passes$/m);
    const [, met, all] = /^(\d+) of (\d+) matches as expected$/m.exec(stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(30);
    expect(met).toBe(all);
    expect(status).toBe(0);
  });
});

describe("what is written", () => {
  test("all three forms at once, each whole, and the table is printed beside", () => {
    const files = ["--markdown", "t.md", "--json=t.json", "--junit", "t.xml"];
    const { status, stdout } = matrix("a-right-match", wrongScenario("wrong"), ...files);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^scenario +stack$/m);
    expect(readdirSync(folder).sort()).toEqual(["t.json", "t.md", "t.xml", "wrong.yaml"]);
    const [table, folded, ...more] = written("t.md").split("\n\n<details>\n");
    expect(table).toBe(
      "| scenario | stack |\n| --- | --- |\n| a-right-match | passes |\n| wrong | not as expected |",
    );
    expect(folded).toMatch(/^<summary>wrong on stack<\/summary>\n\n```text\nwrong: /);
    // The ladder is in it.
    expect(folded).toMatch(/^the host {3}in the read phase; next to act: the BMC$/m);
    expect(more).toEqual([]);
    const suites = parseXml(written("t.xml"));
    const counts = { tests: "2", failures: "1", errors: "0", skipped: "0" };
    expect(suites.attributes).toMatchObject(counts);
    expect(suites.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: "stack", ...counts },
    ]);
    const [right, wrong] = suites.children[0]?.children ?? [];
    expect(right).toMatchObject({ attributes: { name: "a-right-match" }, children: [] });
    expect(wrong).toMatchObject({ attributes: { name: "wrong", classname: "stack" } });
    const [failure] = wrong?.children ?? [];
    expect(failure?.name).toBe("failure");
    expect(failure?.attributes["message"]).toMatch(/the bmc breaks KCS-35, which is not expected/);
    expect(failure?.text).toMatch(/fault: bmc \(model\)/);
    const json = jsonDocument.parse(JSON.parse(written("t.json")));
    expect(json).toMatchObject({ hosts: ["stack"], scenarios: ["a-right-match", "wrong"] });
    expect(json.asExpected).toBe(false);
    expect(json.cells.map(({ match }) => match.asExpected)).toEqual([true, false]);
    expect(json.cells[1]?.match.verdict.fault).toEqual(["bmc"]);
  });

  test("--json without a file prints the document and nothing else", () => {
    const { status, stdout, stderr } = matrix("dead-channel", "--json");
    expect(jsonDocument.parse(JSON.parse(stdout))).toMatchObject({
      asExpected: true,
      cells: [{ host: "stack", scenario: "dead-channel", state: "played", text: "passes" }],
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("the same bytes in every run", () => {
    const outputs = ["first", "second"].map((name) => {
      matrix("--all", "--junit", `${name}.xml`, `--json=${name}.json`);
      return [written(`${name}.xml`), written(`${name}.json`)];
    });
    expect(outputs[1]).toEqual(outputs[0]);
  });

  // Goal: who plays one kernel alone feeds the same tools. Method: the same matches by both commands.
  test("run writes the files that a matrix of one host writes", () => {
    const wrong = wrongScenario("blameless");
    const files = (name: string) => ["--junit", `${name}.xml`, "--ktap", `${name}.tap`];
    const ofMatrix = matrix("a-right-match", wrong, ...files("matrix"));
    const args = [MAIN, "run", "a-right-match", wrong, ...files("run")];
    const ofRun = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect([ofMatrix.status, ofRun.status]).toEqual([1, 1]);
    for (const kind of ["xml", "tap"]) {
      expect(written(`run.${kind}`)).toBe(written(`matrix.${kind}`));
    }
    expect(written("run.tap")).toMatch(/^ {2}not ok 2 blameless$/m);
  });

  test("an older file is replaced; a device stays a device", () => {
    writeFileSync(join(folder, "t.md"), "old and longer than the table that comes\n".repeat(9));
    expect(matrix("a-right-match", "--markdown", "t.md", "--junit", "/dev/null").status).toBe(0);
    expect(written("t.md")).toMatch(
      /^\| scenario \| stack \|\n.*\n\| a-right-match \| passes \|\n$/,
    );
    expect(readdirSync("/dev").filter((name) => name.includes("partial"))).toEqual([]);
    expect(spawnSync("test", ["-c", "/dev/null"]).status).toBe(0);
  });
});

// Goal: bad input gets one clear line, exit status 2, and no files. Method: one mistake each.
describe("bad input", () => {
  test.each([
    [[], /which scenario\?/],
    [["no-such"], /no scenario no-such/],
    [["--all", "dead-channel"], /give no names with it/],
    [["dead-channel", "dead-channel"], /the scenario dead-channel is given twice/],
    [["dead-channel", "--host", "stack,windows"], /--host windows: only stack, linux or linux:/],
    [["dead-channel", "--host", "stack,stack"], /--host stack: stack is named twice/],
    [["dead-channel", "--host", "stack", "--host", "stack"], /--host stack: stack is named twice/],
    [["dead-channel", "--host", ""], /--host : only stack/],
    [["--json=dead-channel"], /which scenario\?/],
    [
      ["a-right-match", "--json", "t.json"],
      /no scenario t\.json: .*a file is given by --json=t\.json/,
    ],
    [["dead-channel", "--markdown", "/no/such/folder/x"], /--markdown .*: cannot be written/],
    [["dead-channel", "--param", "a.b=c"], /--param is for a kernel: add --host linux/],
    [["dead-channel", "--junit", "."], /--junit \.: cannot be written: it is a folder/],
    [["dead-channel", "--junit", "x", "--json=./x"], /--json \.\/x: another option writes there/],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = matrix(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a scenario with a mistake names file and line", () => {
    writeFileSync(join(folder, "mistake.yaml"), "name: mistake\ntitel: x\n");
    const { status, stderr } = matrix("./mistake.yaml");
    expect(stderr).toMatch(/mistake\.yaml:2: unknown field "titel"/);
    expect(status).toBe(2);
  });
});

test("who or what is named twice is refused", () => {
  for (const [option, names, word] of [
    ["--host", "stack,stack", "stack"],
    ["--interface", "bt,kcs,bt", "bt"],
  ] as const) {
    const { status, stdout, stderr } = matrix("a-right-match", option, names);
    expect(stderr).toBe(`baseboard: ${option} ${word}: ${word} is named twice\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  }
});

test("all kernels that are missing are named at once, and nothing is run or written", () => {
  const hosts = "linux:5.4,stack,linux:4.19";
  const { status, stdout, stderr } = matrix("a-right-match", "--host", hosts, "--junit", "x.xml");
  expect(stderr).toMatch(/no kernels 5\.4, 4\.19 here; get them with `.*debian:5\.4`, `.*4\.19`/);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(readdirSync(folder)).toEqual([]);
});

// Goal: Ctrl-C leaves no file behind, half-written or otherwise. Method: the signal comes when the
// partial file is there, while many matches of our own stack are being played.
test("Ctrl-C ends a matrix, and no file is there", async () => {
  const names = Array.from({ length: 60 }, (_none, index) => wrongScenario(`wrong-${index}`));
  const before = readdirSync(folder).sort();
  const child = spawn(process.execPath, [MAIN, "matrix", ...names, "--junit", "x.xml"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (readdirSync(folder).length === before.length) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect({ output, stderr }).toEqual({
    output: "",
    stderr: "baseboard: interrupted; nothing is left running\n",
  });
  expect(readdirSync(folder).sort()).toEqual(before);
});
