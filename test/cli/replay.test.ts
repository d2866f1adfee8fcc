import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Traces of others: our own matches' traces with what a stranger's differ in. These run the built
// command as a user does.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Two commands on a machine that is busy with others. */
const HOOK_LIMIT_MS = 120_000;
let folder = "";
/** Lines of a match in which the BMC is at fault, and of one in which nobody is. */
let broken: readonly string[] = [];
let right: readonly string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-replay-"));
  broken = recorded("dead-channel");
  right = recorded("a-right-match");
}, HOOK_LIMIT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a trace that is not ours", () => {
  test("exits with 1 when a party broke a rule, and with 0 when none did", () => {
    expect(replayed(strangers(broken))).toMatchObject({ status: 1 });
    expect(replayed(strangers(right))).toMatchObject({ status: 0 });
  });

  test.each([
    ["violation", 1],
    ["fault", 1],
    ["none", 0],
  ])("--fail-on %s: exits with %i", (what, status) => {
    expect(replayed(strangers(broken), "--fail-on", what).status).toBe(status);
    expect(replayed(strangers(right), "--fail-on", what).status).toBe(0);
  });

  test("--fail-on of something else is refused", () => {
    const { status, stderr } = replayed(strangers(right), "--fail-on", "rain");
    expect(stderr).toMatch(/--fail-on.*violation, fault, introduced, none/);
    expect(status).toBe(2);
  });

  test("is headed by its file's name when it has no scenario's", () => {
    const { stdout } = replayed(strangers(right), "--fail-on", "none");
    expect(stdout).toMatch(/^file\.jsonl on server, recorded\n/);
  });

  test("that claims a tap without an event of that face is refused, in one line", () => {
    const lines = broken.filter((line) => !/"e":"bmc\.(read|write|status)"/.test(line));
    const { status, stdout, stderr } = replayed(strangers(lines));
    expect(stderr).toMatch(/file\.jsonl: line 1: "taps" claims the face of the bmc.*"bmc":false/);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

describe("our own trace", () => {
  test("exits with 0 though a party broke a rule, unless it is asked not to", () => {
    expect(replayed(broken).status).toBe(0);
    expect(replayed(broken, "--fail-on", "violation").status).toBe(1);
  });

  test("whose scenario cannot be read any more is judged as a stranger's", () => {
    const { status, stdout } = replayed(withHead(broken, { scenarioText: "name: [" }));
    expect(stdout).toMatch(/fault: bmc \(model\)/);
    expect(stdout).toMatch(/not run again: dead-channel, as in the trace:1/);
    expect(status).toBe(1);
  });
});

// Goal: what CI reads fails as the command does. Method: the same trace as a match of ours, which is to break a rule, and
// as a stranger's, and one whose match is another.
describe("for test tools", () => {
  const FILES = ["--junit", "r.xml", "--ktap", "r.tap", "--ctrf", "r.json", "--markdown", "r.md"];
  const text = (file: string) => readFileSync(join(folder, file), "utf8");

  test("a match of ours is one test: whether it is the same again", () => {
    expect(replayed(broken, ...FILES).status).toBe(0);
    expect(text("r.xml")).toMatch(/tests="1" failures="0"/);
    expect(text("r.tap")).toMatch(/ok 1 .*the same again/);
    expect(JSON.parse(text("r.json")).results.summary).toMatchObject({ passed: 1, failed: 0 });
    expect(text("r.md")).toMatch(/at fault: bmc.*the same again: yes/s);
  });

  test("in a stranger's trace each rule is one", () => {
    expect(replayed(strangers(broken), ...FILES).status).toBe(1);
    expect(JSON.parse(text("r.json")).results.summary).toMatchObject({ failed: 1 });
    expect(text("r.xml")).toMatch(/<testcase[^>]* name="KCS-35".*<failure/s);
    expect(text("r.md")).toMatch(/the same again: not run again/);
  });

  test("a match that is another one fails", () => {
    expect(replayed(withHead(broken, { seed: 7 }), ...FILES).status).toBe(1);
    expect(JSON.parse(text("r.json")).results.summary).toMatchObject({ passed: 0, failed: 1 });
    expect(text("r.md")).toMatch(/the same again: no/);
  });
});

describe("a trace that breaks off", () => {
  const cutAtRequest = (lines: readonly string[]) => {
    const read = lines.findIndex((line) => /"e":"bmc\.request".*"message":"1801/.test(line));
    return lines.slice(0, read + 1);
  };

  test("is judged, and what was open is named", () => {
    const { status, stdout } = replayed(strangers(cutAtRequest(right)));
    expect(stdout).toMatch(/fault: none/);
    expect(stdout).toMatch(/cut after event \d+ at 0\.\d{6} s \(line \d+: the trace breaks off: /);
    expect(stdout).toMatch(
      / {2}request \d+ \(Get Device ID by \S+, accepted at .* s\) has no answer/,
    );
    expect(stdout).toMatch(/ {2}the BMC read Get Device ID at .* s and has handed in no response/);
    expect(status).toBe(0);
  });

  test("in a line is judged by the events before", () => {
    const lines = strangers(cutAtRequest(right));
    const { status, stdout } = replayed([...lines.slice(0, -1), lines.at(-1)?.slice(0, 9) ?? ""]);
    expect(stdout).toMatch(/cut after event .* the last line is not whole/);
    expect(status).toBe(0);
  });

  test("--json says so", () => {
    const { stdout } = replayed(strangers(cutAtRequest(right)), "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      cut: expect.stringMatching(/the trace breaks off/),
      open: [expect.stringMatching(/Get Device ID/), expect.stringMatching(/the BMC read/)],
      verdict: { ended: false },
    });
    expect(JSON.parse(replayed(right, "--json").stdout)).toMatchObject({ cut: null, open: [] });
  });

  test("of ours is run again as far as it goes", () => {
    const cut = cutAtRequest(right);
    const { status, stdout } = replayed(cut);
    expect(stdout).toMatch(/run again: the same as far as the trace goes, byte for byte/);
    expect(status).toBe(0);
    const other = cut.map((line) => line.replace('"value":97', '"value":96'));
    expect(replayed(other)).toMatchObject({ status: 1 });
  });
});

// Goal: what a stranger's file says never steers a terminal. Method: each text that a report
// prints holds sequences that colour, clear, turn the text round or forge a line.
test("escape sequences of a trace never reach a terminal", () => {
  const nasty = "\u001b[2J\u009b31m\u202e\nfault: host\u0007";
  const said = JSON.stringify(nasty).slice(1, -1);
  const lines = withHead(broken, {
    ...{ scenario: nasty, host: nasty, bmc: nasty, scenarioText: "" },
  }).map((line) => {
    return line
      .replace(/"user":"[^"]*"/, `"user":"${said}"`)
      .replace(/("e":"fault","name":")[^"]*"/, `$1${said}"`);
  });
  const open = lines.slice(0, lines.findIndex((line) => line.includes('"e":"bmc.request"')) + 1);
  const unknown = lines.with(1, `{"n":0,"t":0,"e":"${said}"}`);
  for (const file of [lines, open, unknown]) {
    for (const more of [[], ["--json"]]) {
      const { stdout, stderr } = replayed(file, ...more);
      for (const text of [stdout, stderr]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      }
      if (more.length === 0) expect(stdout).not.toMatch(/^fault: host/m);
      else if (stdout !== "") expect(JSON.parse(stdout).scenario).toBe(nasty);
    }
  }
});

describe("--explain", () => {
  test("shows what happened round each finding, below the verdict", () => {
    const { status, stdout } = replayed(strangers(broken), "--explain");
    expect(stdout).toMatch(/^1\. KCS-35, event (\d+): IBF was still 1 after 5\.0 s\n/m);
    expect(stdout).toMatch(/^> +\d+ /m);
    expect(status).toBe(1);
  });

  test("of a verdict with violations, how to see it is named", () => {
    expect(replayed(broken).stdout).toMatch(/`baseboard explain file\.jsonl` shows/);
    expect(replayed(right).stdout).not.toMatch(/baseboard explain/);
  });
});

describe("what replay is not for is named as what it is", () => {
  test.each([
    [
      "a scenario's file",
      "mine.yaml",
      "name: x\ntitle: X\nworkload: []\n",
      /is a scenario.*baseboard run/,
    ],
    [
      "a scenario without its ending",
      "mine",
      "name: x\nstory: X\n",
      /is a scenario.*baseboard run/,
    ],
    ["a trace named as YAML", "mine.yaml", "{}", /line 1: the first line has no "format"/],
  ])("%s", (_what, name, text, message) => {
    writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = baseboard("replay", name);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("the name of a scenario of the catalogue", () => {
    const { status, stderr } = baseboard("replay", "dead-channel");
    expect(stderr).toMatch(/dead-channel is a scenario.*: baseboard run dead-channel/);
    expect(status).toBe(2);
  });

  test("--fail-on with a run file", () => {
    writeFileSync(join(folder, "run.yaml"), "format: baseboard-run\n");
    const { status, stderr } = baseboard("replay", "run.yaml", "--fail-on", "none");
    expect(stderr).toMatch(/run\.yaml is a run file: --fail-on is for traces/);
    expect(status).toBe(2);
  });
});

function recorded(scenario: string): string[] {
  const file = join(folder, `${scenario}.jsonl`);
  expect(baseboard("run", scenario, "--trace", file).status).toBe(0);
  return readFileSync(file, "utf8").trimEnd().split("\n");
}

/** The trace as somebody else would have written it, who knows nothing of scenarios. */
function strangers(lines: readonly string[]): string[] {
  return withHead(lines, { scenario: "", scenarioText: "", host: "server" });
}

function withHead(lines: readonly string[], other: object): string[] {
  const [head = "", ...events] = lines;
  return [JSON.stringify({ ...JSON.parse(head), ...other }), ...events];
}

function replayed(lines: readonly string[], ...more: string[]) {
  writeFileSync(join(folder, "file.jsonl"), lines.join("\n"));
  return baseboard("replay", "file.jsonl", ...more);
}

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
