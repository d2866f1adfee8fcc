import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

function baseboard(args: readonly string[], input: string | Uint8Array = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const CORRUPT = [
  "[ 1000.123456] list_add double add: new=ffff9e1200e0a800, prev=ffff9e120a1b2c38, next=ffff9e1200e0a800.",
  "[ 1000.123458] kernel BUG at lib/list_debug.c:35!",
  "[ 1000.123459] RIP: 0010:__list_add_valid_or_report+0x97/0xa0",
  "[ 1000.123459]  deliver_response+0x6e/0xf0 [ipmi_msghandler]",
  "[ 1000.123459]  smi_work+0x12/0x33 [ipmi_msghandler]",
].join("\r\n");

describe("diagnose", () => {
  test("names what a log looks like, what shows it, what ended it, and how to play it", () => {
    const { status, stdout, stderr } = baseboard(["diagnose", "-"], CORRUPT);
    expect(stdout).toMatch(/^1\. ibf-sticks-mid-request: /m);
    expect(stdout).toMatch(/has {4}line 1: list_add double add/);
    expect(stdout).toMatch(/CVE-2026-23322/);
    expect(stdout).toMatch(
      /baseboard run ibf-sticks-mid-request --interface kcs --host linux:6\.18/,
    );
    expect(stdout).toMatch(/baseboard capture kcs/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("reads what is packed, and says it to a program", () => {
    const { status, stdout } = baseboard(["diagnose", "-", "--json"], gzipSync(CORRUPT));
    expect(JSON.parse(stdout)).toMatchObject({
      lines: 5,
      findings: [{ scenario: "ibf-sticks-mid-request", mended: [{ cve: "CVE-2026-23322" }] }],
      capture: ["kcs"],
    });
    expect(status).toBe(0);
  });

  // Goal: whatever it is given, one honest sentence. Method: nothing, junk, a line of 20 MB.
  test.each([
    ["nothing", ""],
    ["junk", Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 251)],
    ["a line that never ends", "x".repeat(20_000_000)],
    ["another kernel's life", "[ 1.0] usb 1-1: new high-speed USB device\n"],
  ])("says that it knows nothing of %s", (_, input) => {
    const { status, stdout, stderr } = baseboard(["diagnose", "-"], input);
    expect(stdout).toMatch(/^nothing known looks like this log$/m);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("says in one line that there is no such file", () => {
    const { status, stderr } = baseboard(["diagnose", "/nowhere/dmesg.txt"]);
    expect(stderr).toMatch(/^baseboard: \/nowhere\/dmesg\.txt: .*\n$/);
    expect(status).toBe(2);
  });
});

describe("scenarios --log", () => {
  test("finds scenarios by the kernel's words", () => {
    const { status, stdout } = baseboard(["scenarios", "--log", "DOUBLE ADD"]);
    expect(stdout).toMatch(/^ibf-sticks-mid-request\n {2}list_add double add.*6\.18\.5/m);
    expect(status).toBe(0);
    const json = baseboard(["scenarios", "--log", "incorrect response", "--json"]);
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ name: "foreign-answers" }),
    );
  });

  test("says that no kernel said it, and takes no name beside it", () => {
    expect(baseboard(["scenarios", "--log", "xyzzy"]).stdout).toMatch(/^no kernel said "xyzzy"/);
    expect(baseboard(["scenarios", "device-id", "--log", "x"]).status).toBe(2);
  });
});
