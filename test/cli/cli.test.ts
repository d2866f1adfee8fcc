import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-cli-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  return baseboardWith({}, ...args);
}

function baseboardWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, BASEBOARD_CACHE: join(folder, "cache"), ...env },
  });
  return { status, stdout, stderr };
}

describe("run", () => {
  test("prints the verdict, and exits with 0 when it is as expected", () => {
    const { status, stdout, stderr } = baseboard("run", "sticky-event-buffer");
    expect(stdout).toMatch(/fault: bmc \(model\)/);
    expect(stdout).toMatch(/MF-06/);
    expect(stdout).toMatch(/as the scenario expects/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("plays many legal courses of one match", () => {
    const { status, stdout, stderr } = baseboard("run", "sticky-event-buffer", "--seeds", "6");
    expect(stdout).toMatch(/^sticky-event-buffer: 6 courses$/m);
    expect(stdout).toMatch(/^ {2}fault: bmc \(MF-06.*\): \d courses?, the first by seed 0$/m);
    expect(stdout).toMatch(/nobody is accused/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const json = baseboard("run", "device-id", "--seeds", "2", "--seed", "7", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ courses: 2, accused: [] });
    expect(baseboard("run", "device-id", "--seeds", "2", "--trace", "x").status).toBe(2);
  });

  // Goal: who is accused can be had again. Method: a scenario that does not expect what its BMC does.
  test("names the seeds of courses in which somebody is accused", () => {
    const scenario = readFileSync(
      new URL("../../scenarios/bt-capabilities-odd.yaml", import.meta.url),
      "utf8",
    );
    const file = join(folder, "odd.yaml");
    writeFileSync(file, scenario.replace("bmc: [BT-28]", "bmc: []"));
    const { status, stdout } = baseboard("run", file, "--seeds", "3");
    expect(stdout).toMatch(/^ {2}not expected: BT-28, by --seed 0, 1, 2$/m);
    expect(status).toBe(1);
  });

  test("exits with 1 when the verdict is not as expected, and says how", () => {
    const text = readFileSync(
      new URL("../../scenarios/dead-channel.yaml", import.meta.url),
      "utf8",
    );
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, text.replace(/bmc: \[KCS-35\]/, "bmc: []"));
    const { status, stdout } = baseboard("run", file);
    expect(stdout).toMatch(/NOT as the scenario expects:\n {2}the bmc breaks KCS-35/);
    expect(status).toBe(1);
  });

  test("--json prints one document and nothing else", () => {
    const { status, stdout, stderr } = baseboard("run", "dead-channel", "--json");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ scenario: "dead-channel", asExpected: true, host: "stack" });
    expect(document.verdict.fault).toEqual(["bmc"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("several scenarios are a line each", () => {
    const { status, stdout } = baseboard("run", "a-right-match", "dead-channel");
    expect(stdout.split("\n")).toHaveLength(4);
    expect(stdout).toMatch(/2 of 2 matches as expected/);
    expect(status).toBe(0);
  });
});

describe("replay", () => {
  test("judges a trace again, and the match run again gives the same bytes", () => {
    const trace = join(folder, "dead.trace.jsonl");
    expect(baseboard("run", "dead-channel", "--trace", trace).status).toBe(0);
    const { status, stdout } = baseboard("replay", trace);
    expect(stdout).toMatch(/fault: bmc/);
    expect(stdout).toMatch(/run again: the same trace, byte for byte/);
    expect(status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("says where a trace that was changed differs", () => {
    const trace = join(folder, "changed.trace.jsonl");
    baseboard("run", "a-right-match", "--trace", trace);
    writeFileSync(trace, readFileSync(trace, "utf8").replace('"value":97', '"value":96'));
    const { status, stdout } = baseboard("replay", trace);
    expect(stdout).toMatch(/run again it differs at event \d+/);
    expect(status).toBe(1);
  });
});

// Goal: bad input gets one clear line and exit status 2. Method: one mistake each.
// Goal: who looks for the first breach need not wait for the rest. Method: the same match whole.
test("--stop-at first ends a match where its first rule is broken", () => {
  const whole = baseboard("run", "sticky-event-buffer", "--json");
  const stopped = baseboard("run", "sticky-event-buffer", "--json", "--stop-at", "first");
  const all = JSON.parse(whole.stdout);
  const first = JSON.parse(stopped.stdout);
  expect(first.lengthUs).toBeLessThan(all.lengthUs);
  expect(first.verdict.violations[0].n).toBe(all.verdict.violations[0].n);
  expect(first.misses).toEqual([
    `stopped at the first broken rule, ${first.verdict.violations[0].rule}`,
  ]);
  expect(stopped.status).toBe(1);
});

describe("bad input", () => {
  const oneLine = (stderr: string) => expect(stderr.trimEnd().split("\n")).toHaveLength(1);

  test.each([
    [["run", "no-such"], /no scenario no-such: `baseboard scenarios` lists those there are/],
    [["run", "./no-such.yaml"], /no scenario \.\/no-such\.yaml: give a scenario file that exists/],
    [["run"], /which scenario\?/],
    [["run", "--all", "dead-channel"], /--all runs the whole catalogue: give no names/],
    [
      ["run", "dead-channel", "--host", "windows"],
      /--host windows: only stack, linux or linux:VERSION/,
    ],
    [["run", "dead-channel", "--bmc", "real"], /--bmc real: only model/],
    [["run", "dead-channel", "--interface", "lan"], /--interface lan: one of kcs, smic, bt, ssif/],
    [["run", "dead-channel", "--seed", "-1"], /--seed -1: a whole number/],
    [["run", "dead-channel", "--trace", "/no/such/folder/x"], /--trace .* cannot be written/],
    [["run", "dead-channel", "--module", "a=b"], /--module is for a kernel: add --host linux/],
    [["run", "dead-channel", "--param", "a.b=c"], /--param is for a kernel: add --host linux/],
    [["run", "dead-channel", "--console"], /--console is for a kernel: add --host linux/],
    [["run", "dead-channel", "--junit", "x", "--json=./x"], /--junit x: another option writes/],
    [["run", "dead-channel", "--seeds", "2", "--ktap", "x"], /--ktap is for one course of a match/],
    [["run", "dead-channel", "--stop-at", "last"], /--stop-at last: only first/],
    [["replay", "no-such.jsonl"], /cannot read the trace no-such\.jsonl/],
    [["rules", "KCS-999"], /no rule KCS-999: `baseboard rules` lists them/],
    [["kernels", "add", "gentoo:6.1"], /gentoo/],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = baseboard(...args);
    expect(stderr).toMatch(message);
    oneLine(stderr);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test.each([
    ["an unknown command", ["jump"], /unknown command/],
    ["an unknown option", ["run", "--fast"], /unknown option/],
  ])("%s", (_what, args, message) => {
    const { status, stderr } = baseboard(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test("a scenario with a mistake names file and line", () => {
    const file = join(folder, "mistake.yaml");
    writeFileSync(file, "name: mistake\ntitel: x\n");
    const { status, stderr } = baseboard("run", file);
    expect(stderr).toMatch(/mistake\.yaml:2: unknown field "titel"/);
    expect(status).toBe(2);
  });

  test.each([
    ["not a trace", "hello\n", /line 1/],
    ["another version", '{"format":"baseboard-trace","version":9}\n', /version 9/],
    ["a trace that was cut before its head", "", /line 1/],
  ])("%s", (_what, text, message) => {
    const file = join(folder, "bad.jsonl");
    writeFileSync(file, text);
    const { status, stderr } = baseboard("replay", file);
    expect(stderr).toMatch(message);
    oneLine(stderr);
    expect(status).toBe(2);
  });
});

describe("what is missing", () => {
  test("a kernel that was not added: exit 3, and how to get it", () => {
    const { status, stderr } = baseboard("run", "a-right-match", "--host", "linux:5.4");
    expect(stderr).toMatch(/no kernel 5\.4 here; get it with `baseboard kernels add debian:5\.4`/);
    expect(status).toBe(3);
  });

  test("doctor without programs: exit 3, and how to get them", () => {
    const { status, stdout } = baseboardWith({ PATH: "" }, "doctor");
    expect(stdout).toMatch(/MISSING {2}qemu: .*\n.*apt-get install/);
    expect(status).toBe(3);
  });

  test("doctor says whether there is a kernel of a BMC, which nothing else needs", () => {
    const { stdout } = baseboardWith({ BASEBOARD_CACHE: join(folder, "empty") }, "doctor");
    expect(stdout).toMatch(/^weak {5}--bmc linux: .*\n.*kernels add debian:\S+ --arch armhf/m);
  });
});

describe("what there is", () => {
  test("scenarios lists the catalogue, and explains one", () => {
    expect(baseboard("scenarios").stdout).toMatch(/sticky-event-buffer +The event message buffer/);
    expect(baseboard("scenarios", "zombie-channel").stdout).toMatch(/covers {2}K1, KB1/);
    expect(JSON.parse(baseboard("scenarios", "--json").stdout).length).toBeGreaterThan(20);
    expect(JSON.parse(baseboard("scenarios", "--schema").stdout)).toHaveProperty("properties.name");
  });

  test("rules lists and explains", () => {
    expect(baseboard("rules").stdout).toMatch(/^KCS-26 +bmc/m);
    expect(baseboard("rules", "kcs-26").stdout).toMatch(/9\.14/);
    expect(JSON.parse(baseboard("rules", "--json").stdout).length).toBeGreaterThan(50);
  });

  test("help shows examples", () => {
    for (const args of [
      ["--help"],
      ["run", "--help"],
      ["kernels", "--help"],
      ["replay", "--help"],
    ]) {
      const { status, stdout } = baseboard(...args);
      expect(stdout).toMatch(/Examples:\n {2}baseboard /);
      expect(status).toBe(0);
    }
  });

  test("a BMC's kernel that is not here is said how to be had, and is no host's", () => {
    const asBmc = baseboard("run", "a-right-match", "--bmc", "linux:6.12");
    expect(asBmc.stderr).toMatch(/no armhf kernel 6\.12 here/);
    expect(asBmc.stderr).toMatch(/`baseboard kernels add debian:6\.12 --arch armhf`/);
    expect(asBmc.status).toBe(3);
    const ofPath = baseboard("kernels", "add", "path:a,b", "--arch", "armhf");
    expect(ofPath.stderr).toMatch(
      /write debian:6\.1, debian:6\.12 or path:ZIMAGE,BOARD\.dtb,\S+$/m,
    );
    expect(ofPath.status).toBe(2);
    const removed = baseboard("kernels", "remove", "6.12", "--arch", "armhf");
    expect(removed.stderr).toMatch(/no kernel 6\.12 is cached/);
    expect(baseboard("kernels", "add", "debian:6.1", "--arch", "mips").status).toBe(2);
  });

  test("kernels of an empty cache", () => {
    expect(baseboard("kernels").stdout).toMatch(
      /no kernels here; `baseboard kernels add debian:6\.1`/,
    );
  });
});

test("a reader that goes away is no error", async () => {
  const child = spawn(process.execPath, [MAIN, "rules"], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdout.destroy();
  const status = await new Promise((resolve) => child.on("exit", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
