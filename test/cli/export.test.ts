import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

// The built command as a user runs it.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-export-"));
  expect(baseboard("run", "device-id", "--trace", "match.jsonl").status).toBe(0);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["pcapng", Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a)],
  ["vcd", new TextEncoder().encode("$timescale 100 ns $end")],
  ["perfetto", Uint8Array.of(0x0a)],
])("a trace as %s", (format, beginning) => {
  const file = `match.${format}`;
  const { status, stdout } = baseboard("export", "match.jsonl", "--to", format, "-o", file);
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${file}\n` });
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  expect(bytes.subarray(0, beginning.length)).toEqual(beginning);
});

test("what judge reads of a pcapng file is what was on the wire", () => {
  expect(baseboard("export", "match.jsonl", "--to", "pcapng", "-o", "again.pcapng").status).toBe(0);
  const { stdout } = baseboard("judge", "again.pcapng", "--json");
  const [only] = JSON.parse(stdout).interfaces;
  expect(only.verdict.fault).toEqual([]);
  expect(only.verdict.events).toBeGreaterThan(20);
});

test.each([
  [["match.jsonl", "-o", "x"], /--to <format>' not specified/],
  [["match.jsonl", "--to", "doc", "-o", "x"], /pcapng, vcd, perfetto/],
  [["match.jsonl", "--to", "vcd"], /--output <file>' not specified/],
  [["absent.jsonl", "--to", "vcd", "-o", "x"], /absent\.jsonl/],
  [
    ["match.jsonl", "--to", "vcd", "-o", "no/such/folder"],
    /-o no\/such\/folder: cannot be written/,
  ],
])("%j is refused, and nothing is left", (args, message) => {
  const before = readdirSync(folder);
  const { status, stderr } = baseboard("export", ...args);
  expect(stderr).toMatch(message);
  expect([2, 3]).toContain(status);
  expect(readdirSync(folder)).toEqual(before);
});

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
