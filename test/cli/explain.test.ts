import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// The built command as a user runs it.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const HOOK_LIMIT_MS = 120_000;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-explain-"));
  expect(baseboard("run", "dead-channel", "--trace", "dead.jsonl").status).toBe(0);
  expect(baseboard("run", "a-right-match", "--trace", "right.jsonl").status).toBe(0);
}, HOOK_LIMIT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a trace's findings, and nothing else", () => {
  const { status, stdout } = baseboard("explain", "dead.jsonl");
  expect(stdout).toMatch(/^1\. KCS-35, event \d+: IBF was still 1 after 5\.0 s$/m);
  expect(stdout).toMatch(/^ +\d+ +[\d,]+ status 42h READ_STATE IBF <-+\|$/m);
  expect(stdout).toMatch(/\(the same \d+ times, until [\d,]+ us\)/);
  expect(stdout).toMatch(/^the host +in the read phase; next to act: the BMC$/m);
  expect(stdout).toMatch(/^KCS-35 +The BMC takes each byte that the host wrote/m);
  expect(stdout).toMatch(/^instead +The BMC reads the byte, which clears IBF/m);
  expect(stdout).not.toMatch(/^fault:/m);
  expect(status).toBe(0);
});

test("where nothing was found, it says so", () => {
  expect(baseboard("explain", "right.jsonl").stdout).toMatch(/nothing was found; --at N/);
});

test("any event, by its number", () => {
  const { stdout } = baseboard("explain", "right.jsonl", "--at", "100");
  expect(stdout).toMatch(/^> +100 /m);
  const { status, stderr } = baseboard("explain", "right.jsonl", "--at", "99999999");
  expect(stderr).toMatch(/--at 99999999: no such event; events go from 0 to \d+\n$/);
  expect(status).toBe(2);
});

test("evidence of another's, too", () => {
  const lines = readFileSync(join(folder, "dead.jsonl"), "utf8").split("\n");
  const csv = lines.slice(1).flatMap((line) => {
    const event = line === "" ? {} : JSON.parse(line);
    if (event.e !== "host.read" && event.e !== "host.write") return [];
    return [`${event.t},${event.e.slice(5)},${event.reg === "data" ? 0 : 1},${event.value}`];
  });
  writeFileSync(join(folder, "dead.csv"), ["us,what,offset,value", ...csv].join("\n"));
  const { stdout, stderr } = baseboard("judge", "dead.csv", "--interface", "kcs", "--explain");
  expect(`${stdout}${stderr}`).toMatch(/KCS-35/);
  expect(stdout).toMatch(/^> +\d+ /m);
});

test("--json is the same as data", () => {
  const [only] = JSON.parse(baseboard("explain", "dead.jsonl", "--json").stdout);
  const [ladder] = only.ladders;
  expect(ladder).toMatchObject({
    transfer: { request: { command: "Get Device ID" }, response: null },
    host: { place: "in the read phase", nextToAct: "bmc" },
  });
  expect(ladder.steps.some(({ times }: { times: number }) => times > 100)).toBe(true);
  const run = JSON.parse(baseboard("run", "dead-channel", "--explain", "--json").stdout);
  expect(run.ladders).toEqual(only.ladders);
});

test("run --explain shows it below the verdict, matrix in files, one for each match with findings", () => {
  expect(baseboard("run", "dead-channel", "--explain").stdout).toMatch(
    /^fault: bmc[\s\S]*as the scenario expects\n\n1\. KCS-35/m,
  );
  const names = ["dead-channel", "a-right-match"];
  expect(baseboard("matrix", ...names, "--explain", "shown").status).toBe(0);
  expect(readdirSync(join(folder, "shown"))).toEqual(["dead-channel-stack.txt"]);
  expect(readFileSync(join(folder, "shown/dead-channel-stack.txt"), "utf8")).toMatch(/^> +\d+ /m);
  expect(baseboard("matrix", "a-right-match", "--explain", "none").status).toBe(0);
  expect(existsSync(join(folder, "none"))).toBe(false);
});

test("files for test tools have the ladder of what is not as expected", () => {
  const text = readFileSync("scenarios/dead-channel.yaml", "utf8");
  const expectsNone = text.replace("bmc: [KCS-35]", "bmc: []").replace(/^name: .*/m, "name: mine");
  writeFileSync(join(folder, "mine.yaml"), expectsNone);
  for (const command of ["run", "matrix"]) {
    const files = ["--junit", "r.xml", "--ktap", "r.tap", "--ctrf", "r.json"];
    expect(baseboard(command, "mine.yaml", ...files).status).toBe(1);
    for (const file of ["r.xml", "r.tap", "r.json"]) {
      const written = readFileSync(join(folder, file), "utf8");
      expect(written, `${command}, ${file}`).toMatch(/status 42h READ_STATE IBF (&#60;|<)-/);
    }
  }
});

test("a file that is nothing is refused in one line", () => {
  const { status, stderr } = baseboard("explain", "absent.txt");
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(status).toBe(2);
});

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
