import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainPlan, runFileOf, writeRunFile } from "../../src/lab/index.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A match that takes minutes on any machine. */
const LONG = `name: long
title: a monitor that asks a million times
source: test
story: it goes on for long
until: 1000s
workload:
  - user: monitor
    steps:
      - { request: Get Device ID, times: 1000000 }
expect: { bmc: [], host: [] }
`;

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-interrupt-"));
  writeFileSync(join(folder, "long.yaml"), LONG);
  const outcome = { breaches: [], events: 1, choices: 0, maxima: NO_MAXIMA, trace: "0".repeat(64) };
  writeFileSync(
    join(folder, "long-run.yaml"),
    writeRunFile(runFileOf(plainPlan(LONG, 0), outcome), "x"),
  );
});

const NO_MAXIMA = { answerUs: 0, runAccesses: 0, panicUs: 0, removalUs: 0 };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STATUS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGQUIT", 131],
] as const;

// Goal: a signal ends a match of our own stack at once, and no file is left of it. Method: the trace
// is on its way into its file, so the match is being played.
describe.each([
  ["run", "long.yaml"],
  ["replay", "long-run.yaml"],
])("%s of a long match", (command, file) => {
  test.each(STATUS)("ends on %s", async (signal, status) => {
    const place = join(folder, `${command}-${signal}`);
    mkdirSync(place);
    const args = [MAIN, command, join(folder, file), "--trace", "x.jsonl"];
    const child = spawn(process.execPath, args, { cwd: place });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        output += String(data);
      });
    }
    const ended = new Promise((resolve) => child.on("close", (code, by) => resolve(by ?? code)));
    while (!readdirSync(place).some((name) => statSync(join(place, name)).size > 0)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(output).toBe("baseboard: interrupted; nothing is left running\n");
    expect(readdirSync(place)).toEqual([]);
  });
});

test("a match that makes more events than it may is given up, and says so", () => {
  const args = [MAIN, "run", "long.yaml", "--events", "20000"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect(stdout).toMatch(/^ {2}it was given up after 2\d{4} events, with no end in sight$/m);
  expect(status).toBe(1);
});
