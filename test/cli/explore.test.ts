import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainPlan, runFileOf, traceHash, writeRunFile } from "../../src/lab/explore/index.ts";
import { parseXml } from "./xml.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SCENARIO = readFileSync(
  new URL("../../scenarios/dead-channel.yaml", import.meta.url),
  "utf8",
);
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-explore-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", cwd: folder });
}

describe("explore", () => {
  test.each([[[]], [["--fault-everywhere"]], [["--schedules"]], [["--random"]], [["--pairs"]]])(
    "%j",
    (flags) => {
      const args = ["explore", "panic-in-transfer", ...flags, "--runs", "24", "--workers", "2"];
      const { status, stdout, stderr } = baseboard(...args);
      expect(stdout).toMatch(/^24 runs in .* the runs that were asked for$/m);
      expect(stdout).toMatch(/^covered: /m);
      expect(stdout).toMatch(/nothing is broken/);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    },
  );

  test("the BMC is judged, too, when that is asked for", () => {
    const args = ["explore", "phantom", "--fault", "all-ones", "--runs", "8", "--workers", "1"];
    const { status, stdout } = baseboard(...args, "--judge", "both");
    expect(stdout).toMatch(/nothing is broken/);
    expect(status).toBe(0);
    expect(baseboard(...args, "--judge", "nobody")).toMatchObject({ status: 2, stdout: "" });
  });

  test("several scenarios are a line each", () => {
    const args = ["explore", "panic-in-transfer", "phantom", "--fault-everywhere", "--situations"];
    const { status, stdout } = baseboard(...args, "--runs", "8", "--workers", "1");
    expect(stdout).toMatch(/^panic-in-transfer .* \(runs\): 8 runs stand for /m);
    expect(stdout).toMatch(/^phantom .*: 8 runs stand for /m);
    expect(stdout).toMatch(/^2 scenarios, 16 runs /m);
    expect(status).toBe(0);
  });

  // Goal: what a user sees of a run that is broken. Method: a scenario that asks of our stack what it
  // never promised; the run that shows it is shrunk, written and replayed.
  test("a broken run is kept and replayed, and told in files for others", () => {
    const example = fileURLToPath(
      new URL("../../docs/examples/impatient-monitor.yaml", import.meta.url),
    );
    const args = ["explore", example, "--fault", "answer-lost", "--runs", "16", "--workers", "1"];
    const files = ["--junit", "e.xml", "--ktap", "e.tap", "--ctrf", "e.json", "--markdown", "e.md"];
    const explored = baseboard(...args, ...files);
    expect(explored.stdout).toMatch(/^STACK-02 .* the bound is 4\.0 s/m);
    expect(explored.status).toBe(1);
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const { attributes } = parseXml(read("e.xml"));
    expect(attributes).toMatchObject({ tests: "1", failures: "1", errors: "0" });
    expect(read("e.tap")).toMatch(/^ {2}not ok 1 impatient-monitor /m);
    expect(JSON.parse(read("e.json"))).toMatchObject({ results: { summary: { failed: 1 } } });
    expect(read("e.md")).toMatch(/<details>[\s\S]*^STACK-02 .* the bound is 4\.0 s/m);
    const file = /baseboard replay (\S+)/.exec(explored.stdout)?.[1] ?? "";
    const replayed = baseboard("replay", file);
    expect(replayed.stdout).toMatch(/^STACK-02 /m);
    expect(replayed.stdout).toMatch(/the same violations and the same trace, byte for byte/);
    expect(replayed.status).toBe(0);
  });

  test("--json is one document", () => {
    const args = ["explore", "dead-channel", "--runs", "8", "--workers", "1", "--json"];
    const document = JSON.parse(baseboard(...args).stdout);
    expect(document).toMatchObject({
      scenario: "dead-channel",
      runs: 8,
      brokenRuns: 0,
      broken: [],
    });
  });

  // Goal: Ctrl-C ends with what is known. Method: interrupt a search that would go on for minutes;
  // a program that has not begun to search yet just dies of it, and another is left more time.
  test("an interrupted search prints what it knows and leaves nothing behind", async () => {
    let ended = await interrupted(PATIENCE_MS);
    for (let ms = 2 * PATIENCE_MS; ended.signal !== null && ms < PATIENCE_MAX_MS; ms *= 2) {
      ended = await interrupted(ms);
    }
    expect(ended.stdout).toMatch(/interrupted; nothing is left running/);
    expect(ended.stdout).toMatch(/^covered: /m);
    expect(ended.status).toBe(130);
  });

  test.each([
    [["explore", "no-such"], /no scenario no-such/],
    [["explore", "dead-channel", "--pairs", "--random"], /give one of .* not 2/],
    [["explore", "dead-channel", "--seconds", "0"], /--seconds 0: a whole number from 1/],
    [["explore", "dead-channel", "--workers", "x"], /--workers x: a whole number from 1 to 256/],
    [["explore", "dead-channel", "--runs", "-4"], /--runs -4: a whole number/],
    [["explore", "dead-channel", "--fault", "flood"], /--fault flood: one of panic, bmc-reset/],
    [["explore", "dead-channel", "--random", "--situations"], /--situations is for a fault/],
    [["explore", "bring-up-d5-and-race", "dead-channel", "--host", "bsd"], /--host bsd/],
  ])("%j is refused", (args, message) => {
    const { status, stdout, stderr } = baseboard(...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

/** How long a search is let go on before it is interrupted. */
const PATIENCE_MS = 500;
const PATIENCE_MAX_MS = 40_000;

interface Ended {
  readonly status: number | null;
  /** What it died of; null when it ended by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

/** A search that is interrupted after so long. */
async function interrupted(ms: number): Promise<Ended> {
  const args = [MAIN, "explore", "cold-reset-unseen", "--seconds", "300", "--workers", "1"];
  const child = spawn(process.execPath, args, { cwd: folder });
  let stdout = "";
  child.stdout.on("data", (text) => {
    stdout += String(text);
  });
  const interrupt = setTimeout(() => child.kill("SIGINT"), ms);
  return new Promise((resolve) => {
    child.on("close", (status, signal) => {
      clearTimeout(interrupt);
      resolve({ status, signal, stdout });
    });
  });
}

describe("replay of a run file", () => {
  const plan = { ...plainPlan(SCENARIO, 0), delays: [{ from: 4, count: 3 }] };
  const text = () => writeRunFile(runFileOf(plan, traceHash(plan)), "for a test");

  function replay(name: string, content: string) {
    const file = join(folder, name);
    writeFileSync(file, content);
    return baseboard("replay", file);
  }

  test("the same run gives the same violations and the same bytes", () => {
    const { status, stdout } = replay("same.yaml", text());
    expect(stdout).toMatch(/run again: the same violations and the same trace, byte for byte/);
    expect(status).toBe(0);
  });

  test("a trace that differs is said to differ", () => {
    const changed = text().replace(/trace: [0-9a-f]{4}/, "trace: 0000");
    const { status, stdout } = replay("hash.yaml", changed);
    expect(stdout).toMatch(/run again the trace differs: [0-9a-f]{64}, the file says 0000/);
    expect(status).toBe(1);
  });

  test.each([
    ["another version", (good: string) => good.replace('"1"', '"9"'), /version 9/],
    ["no run file", () => "name: x\n", /not a run file/],
    ["a scenario with a mistake", (good: string) => good.replace("until:", "unti:"), /"unti"/],
  ])("%s is refused in one line", (_what, change, message) => {
    const { status, stdout, stderr } = replay("bad.yaml", change(text()));
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
