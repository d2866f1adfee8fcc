import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const IMPATIENT = fileURLToPath(
  new URL("../../docs/examples/impatient-monitor.yaml", import.meta.url),
);
/** Commands are begun several times. */
const LONG_MS = 120_000;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-baseline-"));
  // A right match, and the same of which something is expected that does not come about.
  scenario("right.yaml", "[]");
  scenario("wrong.yaml", "[STACK-02]");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenario(file: string, host: string): void {
  const lines = [
    ...["name: asked", "title: Asked", "source: a test", "story: A question.", "until: 1s"],
    ...["workload: [{ user: u, steps: [{ request: Get Device ID }] }]"],
    `expect: { bmc: [], host: ${host} }`,
  ];
  writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
}

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

const MISS = "asked on stack, kcs, bmc model: the host does not break STACK-02, which is expected";

// Goal: who has known troubles sees the new ones. Method: one document with a trouble and one without,
// each as what was before and as what is now.
describe("a match against a baseline", () => {
  beforeAll(() => {
    expect(baseboard("run", "right.yaml", "--json=right.json").status).toBe(0);
    expect(baseboard("run", "wrong.yaml", "--json=wrong.json").status).toBe(1);
  }, LONG_MS);

  test("fails by what is new", () => {
    const { status, stdout } = baseboard("run", "wrong.yaml", "--baseline", "right.json");
    expect(status).toBe(1);
    expect(stdout).toContain("\nagainst right.json: 1 introduced, 0 as before, 0 gone\n");
    expect(stdout).toContain(`\n  introduced  ${MISS}\n`);
  });

  test("does not by what was there", () => {
    const { status, stdout } = baseboard("run", "wrong.yaml", "--baseline", "wrong.json");
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nagainst wrong\.json: 0 introduced, 1 as before, 0 gone\n$/);
  });

  test("says what is gone, and what was not looked at", () => {
    const gone = baseboard("run", "right.yaml", "--baseline", "wrong.json");
    expect(gone.status).toBe(0);
    expect(gone.stdout).toContain(`\n  gone        ${MISS}\n`);
    const other = baseboard("run", "bring-up", "--baseline", "wrong.json");
    expect(other.stdout).toMatch(
      / 0 gone, 1 not looked at again\n {2}not looked at {2}asked on stack/,
    );
  });

  test("of a matrix is the same", () => {
    const matrix = ["matrix", "wrong.yaml", "--json=matrix.json", "--baseline"];
    expect(baseboard(...matrix, "wrong.json").status).toBe(0);
    expect(baseboard(...matrix, "right.json").status).toBe(1);
    expect(baseboard("run", "wrong.yaml", "--baseline", "matrix.json").status).toBe(0);
  });

  test("fails as it is told", () => {
    const run = ["run", "wrong.yaml", "--baseline", "wrong.json", "--fail-on"];
    expect(baseboard(...run, "unexpected").status).toBe(1);
    expect(baseboard(...run, "introduced").status).toBe(0);
    expect(baseboard("run", "wrong.yaml", "--fail-on", "none").status).toBe(0);
  });

  test("leaves standard output to the document", () => {
    const { stdout, stderr } = baseboard("run", "wrong.yaml", "--json", "--baseline", "right.json");
    expect(JSON.parse(stdout)).toMatchObject({ scenario: "asked", asExpected: false });
    expect(stderr).toContain(`introduced  ${MISS}`);
  });
});

describe("of others", () => {
  test("an exploration's broken runs, by their sort", () => {
    const explore = ["explore", IMPATIENT, "--fault", "answer-lost", "--workers", "1", "--runs"];
    expect(baseboard(...explore, "12", "--json=found.json").status).toBe(1);
    const again = baseboard(...explore, "12", "--baseline", "found.json");
    expect(again.status).toBe(0);
    expect(again.stdout).toMatch(/against found\.json: 0 introduced, 1 as before, 0 gone/);
    const merged = baseboard("merge", "found.json", "--baseline", "found.json");
    expect(merged).toMatchObject({ status: 0, stderr: "" });
  }, 120_000);

  test(
    "a stranger's trace, by the rules that are broken",
    () => {
      expect(baseboard("run", "sticky-event-buffer", "--trace", "own.jsonl").status).toBe(0);
      const [head = "", ...events] = readFileSync(join(folder, "own.jsonl"), "utf8").split("\n");
      const { scenarioText, ...strange } = JSON.parse(head);
      writeFileSync(join(folder, "strange.jsonl"), [JSON.stringify(strange), ...events].join("\n"));
      expect(baseboard("replay", "strange.jsonl", "--json=replayed.json").status).toBe(1);
      expect(baseboard("judge", "strange.jsonl", "--json=judged.json").status).toBe(1);
      expect(baseboard("judge", "strange.jsonl", "--baseline", "judged.json").status).toBe(0);
      expect(baseboard("replay", "strange.jsonl", "--baseline", "replayed.json").status).toBe(0);
    },
    LONG_MS,
  );
});

test.each([
  [["--fail-on", "introduced"], /--fail-on introduced: --baseline says since when\n$/],
  [["--baseline", "none.json"], /--baseline none\.json: /],
  [["--baseline", "right.yaml"], /--baseline right\.yaml: it is no JSON\n$/],
  [["--baseline", "any.json"], /it has to be a JSON document that run, matrix, merge, explore/],
  [
    ["--seeds", "2", "--baseline", "known.json"],
    /^baseboard: --baseline is for one course of a match/,
  ],
  [["--seeds", "2", "--fail-on", "none"], /^baseboard: --fail-on is for one course of a match/],
])("%s is refused", (options, message) => {
  writeFileSync(join(folder, "any.json"), '{"rules":[]}');
  const known = { interface: "kcs", host: "stack", bmc: "model", scenario: "asked", misses: [] };
  writeFileSync(join(folder, "known.json"), JSON.stringify(known));
  const { status, stdout, stderr } = baseboard("run", "right.yaml", ...options);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
