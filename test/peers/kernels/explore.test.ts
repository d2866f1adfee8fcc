import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { kernelFor } from "./kernel.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const KERNEL = "6.18.5";
let folder = "";

beforeAll(() => kernelFor(KERNEL));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-explore-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function baseboard(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
}

// Goal: an exploration finds the kernel's bug that a plain run does not show, and anybody can have
// that run again. Method: a few events of a plain bring-up, at which the BMC's application goes
// away: where a message was just being sent, the kernel delivers its error twice.
test("a fault at a few events corrupts the kernel's list, and the run is replayed", () => {
  const plain = baseboard("run", "bring-up", "--host", `linux:${KERNEL}`);
  expect(plain.stdout).toMatch(/^fault: none$/m);

  const fault = ["--fault", "daemon-gone", "--runs", "4", "--seconds", "600"];
  const explored = baseboard("explore", "bring-up", "--host", `linux:${KERNEL}`, ...fault);
  expect(explored.stdout).toMatch(/^nothing is broken .* runs$/m);
  expect(explored.stdout).toMatch(/^STACK-.*list-corruption.* 1 run$/m);
  expect(explored.stdout).toMatch(/^STACK-08 {2}list-corruption: .*list_add double add/m);
  expect(explored.status).toBe(1);

  const file = /baseboard replay (\S+)/.exec(explored.stdout)?.[1] ?? "";
  const replayed = baseboard("replay", file);
  expect(replayed.stdout).toMatch(/^on linux:6\.18\.5: when-closed refuse, for 3 s at event \d+$/m);
  expect(replayed.stdout).toMatch(
    /run again: the same violations and the same trace, byte for byte/,
  );
  expect(replayed.status).toBe(0);
});

test.each([
  ["schedules", ["--schedules"], /cannot be scheduled/],
  ["a panic", ["--fault", "panic"], /--fault panic: one of bmc-reset, /],
])("a kernel is not explored by %s", (_what, flags, message) => {
  const { status, stderr } = baseboard(
    "explore",
    "bring-up",
    "--host",
    `linux:${KERNEL}`,
    ...flags,
  );
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
