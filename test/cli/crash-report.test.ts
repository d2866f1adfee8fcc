import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const TICKS_PER_MS = 2_048_000;

let folder = "";
let page = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
  page = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(bytes: Uint8Array, ...args: readonly string[]) {
  writeFileSync(page, bytes);
  const all = [MAIN, "crash", "report", "--from", page, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

type Note = readonly [
  outcome: number,
  cc: number,
  stage: number,
  tries: number,
  netFn: number,
  cmd: number,
];

/** A page of boot parameters, as docs/crash.md has it. */
function bootParams(planned: number, notes: readonly Note[], format = 1): Uint8Array {
  const bytes = new Uint8Array(0x1000).fill(0);
  const view = new DataView(bytes.buffer, 0xeec);
  bytes.set([0x42, 0x42, 0x43, 0x52, format, planned, notes.length], 0xeec);
  view.setUint32(8, TICKS_PER_MS, true);
  for (const [index, note] of notes.entries()) {
    bytes.set(note, 0xeec + 16 + index * 16);
    view.setUint32(16 + index * 16 + 8, 55, true);
    view.setUint32(16 + index * 16 + 12, 2_000 * (index + 1) * 3, true);
  }
  return bytes;
}

test("says what the BMC has done", () => {
  const { status, stdout } = report(
    bootParams(2, [
      [1, 0, 4, 1, 0x18, 0x24],
      [1, 0, 4, 2, 0x28, 0x44],
    ]),
  );
  expect(stdout).toBe(`the BMC answered 2 of 2 commands before this kernel
  Set Watchdog Timer: command completed normally (one try, done 3 ms after the crash kernel was entered)
  Add SEL Entry: command completed normally (2 tries, done 6 ms after the crash kernel was entered)
`);
  expect(status).toBe(0);
});

test("says what it has not, and why", () => {
  const { status, stdout } = report(
    bootParams(6, [
      [1, 0xc1, 4, 1, 0x18, 0x24],
      [2, 0, 1, 3, 0x18, 0x22],
      [3, 0, 3, 1, 0x28, 0x44],
      [5, 0, 3, 1, 0x28, 0x44],
    ]),
  );
  const lines = stdout.split("\n");
  expect(lines[0]).toBe("the BMC answered 1 of 6 commands before this kernel");
  expect(lines[2]).toContain("Reset Watchdog Timer: the BMC did not take it (3 tries");
  expect(lines[3]).toContain("took it and did not answer: it may have been carried out");
  expect(lines[4]).toContain("the time was used up: it may have been carried out");
  expect(lines[5]).toBe("  2 more were not begun");
  expect(status).toBe(1);
});

test("says it to a program", () => {
  const { status, stdout } = report(bootParams(3, [[4, 0, 1, 1, 0x18, 0x24]]), "--json");
  expect(JSON.parse(stdout)).toEqual({
    planned: 3,
    commands: [
      {
        ...{ name: "Set Watchdog Timer", netFn: 6, cmd: 0x24, outcome: "Absent" },
        ...{ stage: "TakingOver", tries: 1, looks: 55, atMs: 3 },
      },
    ],
  });
  expect(status).toBe(1);
});

test.each([
  ["of a machine where none ran", new Uint8Array(0x1000), "no executor ran before this kernel"],
  ["that is short", new Uint8Array(0x800), "boot parameters have 4096 bytes, not 2048"],
  ["of another form", bootParams(1, [], 2), "of another form, or was overwritten"],
  ["that was overwritten", bootParams(200, []), "of another form, or was overwritten"],
  ["with an outcome of none", bootParams(1, [[9, 0, 0, 0, 0, 0]]), "no executor writes"],
])("a page %s is one clear line", (_name, bytes, why) => {
  const { status, stdout, stderr } = report(bytes);
  expect(stderr).toContain(why);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
});
