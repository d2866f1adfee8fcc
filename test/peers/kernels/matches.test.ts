import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import {
  HOSTS,
  interfaceOf,
  type MatchResult,
  readScenario,
  runLinuxMatch,
  type Scenario,
  whyNotFor,
} from "../../../src/lab/index.ts";
import { kernelFor } from "./kernel.ts";

const VERSIONS = ["6.1", "6.17", "6.18.5", "7.2"] as const;
type Version = (typeof VERSIONS)[number];

beforeAll(async () => {
  for (const version of VERSIONS) await kernelFor(version);
});

function scenarioOf(name: string): Scenario {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return readScenario(readFileSync(file, "utf8"), `${name}.yaml`);
}

async function play(name: string, version: Version) {
  const scenario = scenarioOf(name);
  const kernel = await kernelFor(version);
  return runLinuxMatch(scenario, { kernel });
}

/** The rules that a party broke, without the driver's small ways on a wire that times out. */
function promises(result: MatchResult): string[] {
  const ids = result.verdict.violations.map(({ rule }) => rule);
  return ids.filter((id) => id.startsWith("STACK-")).sort();
}

function detail(result: MatchResult, rule: string): string {
  return result.verdict.violations.find((finding) => finding.rule === rule)?.detail ?? "";
}

describe("nothing is wrong: nobody is blamed", () => {
  test.each(VERSIONS)("Linux %s", async (version) => {
    const result = await play("a-right-match", version);
    expect(result.misses).toEqual([]);
    expect(result.verdict.violations).toEqual([]);
  });
});

// Goal: a kernel that has all the mendings passes the whole catalogue, as far as a guest shows it.
// SSIF has tests of its own.
const forGuests = readdirSync(new URL("../../../scenarios/", import.meta.url))
  .map((file) => basename(file, ".yaml"))
  .filter((name) => {
    const scenario = scenarioOf(name);
    return interfaceOf(scenario) !== "ssif" && whyNotFor(scenario, HOSTS.linux) === undefined;
  });

// A kernel that gave up at bring-up never looks again, though its BMC has come up since.
const NOT_FOUND_LATER = "bring-up-d5";

test.each(forGuests)("%s on Linux 7.2", async (name) => {
  const { misses } = await play(name, "7.2");
  if (name !== NOT_FOUND_LATER) expect(misses).toEqual([]);
  else
    expect(misses).toEqual([
      expect.stringMatching(/was (answered never|refused with \w+), not 00h by bmc$/),
    ]);
});

// The event-buffer wedge: 6.1 has the mending, 6.17 and 6.18 have not, 7.2 has it.
describe("sticky-event-buffer", () => {
  test.each(["6.1", "7.2"] as const)("Linux %s passes", async (version) => {
    const result = await play("sticky-event-buffer", version);
    expect(result.misses).toEqual([]);
  });

  test.each(["6.17", "6.18.5"] as const)("Linux %s starves a request, by name", async (version) => {
    const result = await play("sticky-event-buffer", version);
    expect(result.verdict.fault).toEqual(["bmc", "host"]);
    expect(result.verdict.violations[0]?.rule).toBe("MF-06");
    expect(promises(result)).toEqual(["STACK-01", "STACK-03"]);
    expect(detail(result, "STACK-01")).toMatch(
      /^request \d+ \(Get .* by \w+\) unanswered for \d+\.\d s; \d{4,} event reads/,
    );
  });
});

// A send error delivered twice: only 6.18 queues the same message a second time.
describe("ibf-sticks-mid-request", () => {
  test("Linux 6.18 corrupts its list of messages", async () => {
    const result = await play("ibf-sticks-mid-request", "6.18.5");
    expect(promises(result)).toContain("STACK-08");
    expect(detail(result, "STACK-08")).toMatch(/list_add double add/);
  });

  test("Linux 7.2 answers everybody", async () => {
    const result = await play("ibf-sticks-mid-request", "7.2");
    expect(promises(result)).toEqual([]);
  });
});

// A BMC that resets in the middle of a request: 6.18 declares it failed and never looks again.
describe("error-state-mid-request", () => {
  test("Linux 6.18 waits for ever", async () => {
    const result = await play("error-state-mid-request", "6.18.5");
    expect(promises(result)).toContain("STACK-01");
    expect(detail(result, "STACK-01")).toMatch(/unanswered for 1\d\d\.\d s/);
  });

  test.each(["6.1", "7.2"] as const)("Linux %s answers everybody", async (version) => {
    const result = await play("error-state-mid-request", version);
    expect(promises(result)).toEqual([]);
  });
});

test("registers four apart are found by the kernel", async () => {
  expect((await play("spacing-4", "7.2")).misses).toEqual([]);
});

// Goal: Ctrl-C leaves nothing. Method: the command as a user runs it, in its own process group.
test("Ctrl-C in the middle of a match ends it, and no process is left", async () => {
  const main = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
  const args = [main, "run", "dead-channel", "--host", "linux:6.1"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const childrenOf = () => {
    const rows = execFileSync("ps", ["-A", "-o", "ppid=,comm="]).toString().split("\n");
    return rows.filter((row) => row.trim().startsWith(`${child.pid} `) && row.includes("qemu"));
  };
  while (childrenOf().length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.kill("SIGINT");
  const status = await new Promise((resolve) => child.on("exit", resolve));
  expect(stderr).toBe("baseboard: interrupted; nothing is left running\n");
  expect(status).toBe(130);
  expect(childrenOf()).toEqual([]);
});
